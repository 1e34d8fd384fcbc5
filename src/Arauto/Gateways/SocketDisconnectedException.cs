namespace Arauto.Gateways;

/// <summary>The client went before it acknowledged an event, or before it could join a room.</summary>
public sealed class SocketDisconnectedException : IOException
{
    internal SocketDisconnectedException(string id)
        : base($"The socket {id} is disconnected.")
    {
    }
}
