using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

/// <summary>One result of <see cref="WebSocketFrameReader.Read"/>.</summary>
internal readonly ref struct WebSocketRead
{
    /// <summary>A result without a code.</summary>
    public WebSocketRead(WebSocketReadKind kind, ReadOnlySpan<byte> payload = default)
    {
        Kind = kind;
        Payload = payload;
    }

    /// <summary>The peer's close frame.</summary>
    public WebSocketRead(CloseCode code, ReadOnlySpan<byte> reason)
    {
        Kind = WebSocketReadKind.Close;
        Code = code;
        Payload = reason;
    }

    /// <summary>A violation.</summary>
    public WebSocketRead(WebSocketViolation violation)
    {
        Kind = WebSocketReadKind.Violation;
        Code = violation.Code;
        Reason = violation.Reason;
    }

    /// <summary>What was found.</summary>
    public WebSocketReadKind Kind { get; }

    /// <summary>The message, the payload of a ping or pong, or the reason of a close frame. Valid until the next call of the reader.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The code of a close frame (<see cref="WebSocketFrameReader.NoStatus"/> if it has none) or a violation.</summary>
    public CloseCode Code { get; }

    /// <summary>What a violation consists in.</summary>
    public string? Reason { get; }
}
