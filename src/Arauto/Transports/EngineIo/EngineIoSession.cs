namespace Arauto.EngineIo;

/// <summary>One client's session, over polling or WebSocket. Safe for concurrent use; nothing here blocks or throws because of the client.</summary>
public sealed partial class EngineIoSession
{
    /// <summary>The id: unguessable, and a secret between the client and the server, since who has it can send as this client.</summary>
    public string Id => throw new NotImplementedException();

    /// <summary>How bytes travel now: <c>polling</c> or <c>websocket</c>.</summary>
    public string Transport => throw new NotImplementedException();

    /// <summary>The request that opened the session.</summary>
    public EngineIoHandshake Handshake => throw new NotImplementedException();

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Closed => throw new NotImplementedException();

    /// <summary>A place for the application's own.</summary>
    public IDictionary<string, object?> Items => throw new NotImplementedException();

    /// <summary>What the protocol above keeps for the session.</summary>
    internal object? ProtocolState { get; set; }

    /// <summary>Sends a text message. After the end of the session it does nothing.</summary>
    public void Send(string text) => throw new NotImplementedException();

    /// <summary>Sends a binary message. After the end of the session it does nothing. The bytes are copied.</summary>
    public void Send(ReadOnlyMemory<byte> binary) => throw new NotImplementedException();

    /// <summary>Ends the session, after what was sent. Idempotent.</summary>
    public void Close() => throw new NotImplementedException();

    /// <summary>
    /// Sends whole WebSocket frames as a server writes them (RFC 6455, not masked, not compressed, not fragmented): a text frame
    /// is a packet with its type digit, a binary frame the bytes of a binary message. They are shared with other receivers and
    /// never change; those of one memory stay together. Over polling they are translated when they are fetched.
    /// </summary>
    /// <returns>
    /// As <see cref="Arauto.Transports.ITransport.Send"/>: after <see langword="false"/> nothing may be sent with this method
    /// before <see cref="Arauto.Transports.EngineIo.IEngineIoFrameHandler.OnSendCompleted"/>, which may come before this call has returned.
    /// </returns>
    internal bool SendFrames(ReadOnlySpan<ReadOnlyMemory<byte>> frames) => throw new NotImplementedException();

    /// <summary>As <see cref="Close()"/>, with a reason. What waits for the client is still sent if the server closes, and dropped if the client broke a rule.</summary>
    internal void Close(EngineIoCloseReason reason) => throw new NotImplementedException();
}
