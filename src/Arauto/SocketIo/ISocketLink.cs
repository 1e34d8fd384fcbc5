namespace Arauto.SocketIo;

/// <summary>What a socket's client is connected by.</summary>
internal interface ISocketLink
{
    /// <summary>How its bytes travel now: <c>polling</c> or <c>websocket</c>.</summary>
    string Transport { get; }

    /// <summary>Ends the connection as if it had broken; the client comes back by itself.</summary>
    void Close();

    /// <summary>The server's code ends the socket, and the client is told so.</summary>
    void LeaveByServer(SocketState socket);

    /// <summary>The server's code ends the connection with all of its sockets.</summary>
    void CloseByServer(SocketState socket);
}
