using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

/// <summary>How a peer broke RFC 6455 or a limit.</summary>
/// <param name="Code">The close code the peer is told.</param>
/// <param name="Reason">What was wrong, at most 123 bytes of ASCII, so that it fits a close frame.</param>
internal readonly record struct WebSocketViolation(CloseCode Code, string Reason)
{
    /// <summary>A violation of the framing rules themselves, 1002.</summary>
    public static WebSocketViolation Protocol(string reason) => new(CloseCode.ProtocolError, reason);
}
