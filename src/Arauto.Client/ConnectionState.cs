namespace Arauto.Client;

/// <summary>Where a client's connection stands.</summary>
public enum ConnectionState
{
    /// <summary>Nothing was asked of the client yet; it connects with the first use.</summary>
    Idle,

    /// <summary>A connection is being opened.</summary>
    Connecting,

    /// <summary>The server has accepted the token and answered.</summary>
    Connected,

    /// <summary>The connection was lost or refused; the client waits before the next try.</summary>
    Waiting,

    /// <summary>The client is done: it was disposed, or the server refused it for good.</summary>
    Closed,
}
