using System.Text;
using Arauto.Transports.WebSockets;

namespace Arauto.Transports.EngineIo;

/// <summary>Packets of the server as WebSocket frames, the form in which they wait whatever the transport.</summary>
internal static class EngineIoFrames
{
    /// <summary>Asks whether the client is there.</summary>
    public static ReadOnlyMemory<byte> Ping { get; } = Text(EngineIoPacketType.Ping, "");

    /// <summary>The answer to a probe.</summary>
    public static ReadOnlyMemory<byte> ProbeAnswer { get; } = Text(EngineIoPacketType.Pong, "probe");

    /// <summary>Ends a poll that has nothing to bring.</summary>
    public static ReadOnlyMemory<byte> Noop { get; } = Text(EngineIoPacketType.Noop, "");

    /// <summary>Ends the session, over polling; over WebSocket the close frame does.</summary>
    public static ReadOnlyMemory<byte> Close { get; } = Text(EngineIoPacketType.Close, "");

    /// <summary>A packet as a text frame.</summary>
    public static byte[] Text(EngineIoPacketType type, string text)
    {
        var payload = 1 + Encoding.UTF8.GetByteCount(text);
        var frame = Create(WebSocketOpcode.Text, payload);
        frame[^payload] = (byte)type;
        Encoding.UTF8.GetBytes(text, frame.AsSpan(frame.Length - payload + 1));
        return frame;
    }

    /// <summary>A binary message as a binary frame.</summary>
    public static byte[] Binary(ReadOnlySpan<byte> binary)
    {
        var frame = Create(WebSocketOpcode.Binary, binary.Length);
        binary.CopyTo(frame.AsSpan(frame.Length - binary.Length));
        return frame;
    }

    private static byte[] Create(WebSocketOpcode opcode, int payload)
    {
        Span<byte> header = stackalloc byte[WebSocketFrameHeader.MaxBytes];
        var length = WebSocketFrameHeader.Write(header, opcode, payload);
        var frame = new byte[length + payload];
        header[..length].CopyTo(frame);
        return frame;
    }
}
