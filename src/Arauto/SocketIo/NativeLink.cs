using Arauto.Connections;
using Arauto.Protocol;

namespace Arauto.SocketIo;

/// <summary>A client of the native protocol as the link of its sockets: it has one connection for all.</summary>
internal sealed class NativeLink(Connection connection) : ISocketLink
{
    /// <inheritdoc/>
    public string Transport => "websocket";

    /// <inheritdoc/>
    public void Close() => connection.CloseFromOutside(CloseCode.GoingAway, null);

    /// <inheritdoc/>
    public void LeaveByServer(SocketState socket) => connection.CloseFromOutside(CloseCode.Terminated, null);

    /// <inheritdoc/>
    public void CloseByServer(SocketState socket) => connection.CloseFromOutside(CloseCode.Terminated, null);
}
