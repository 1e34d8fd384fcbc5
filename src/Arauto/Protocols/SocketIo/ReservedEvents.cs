namespace Arauto.Protocols.SocketIo;

/// <summary>Names that clients use for what happens to the connection itself. No event may have one.</summary>
internal static class ReservedEvents
{
    public static bool Contains(string name) => name is "connect" or "connect_error" or "disconnect" or "disconnecting" or "newListener" or "removeListener";
}
