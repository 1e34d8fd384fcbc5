namespace Arauto.SocketIo.Tests;

/// <summary>How a client gets to the server.</summary>
public enum Way
{
    /// <summary>By polling, and it stays there.</summary>
    Polling,

    /// <summary>By WebSocket at once.</summary>
    WebSocket,

    /// <summary>By polling first.</summary>
    Upgrade,
}
