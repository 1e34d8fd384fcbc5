using System.Buffers.Binary;
using System.Text.Unicode;
using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

internal sealed partial class WebSocketFrameReader
{
    private static readonly WebSocketViolation NotUtf8 = new(CloseCode.InvalidPayload, "a text message is not valid UTF-8");

    /// <summary>What the first two bytes of a frame can break, RFC 6455 section 5.2 and 5.4.</summary>
    private WebSocketViolation? CheckStart(byte first, byte second)
    {
        if ((second & 0x80) == 0) return WebSocketViolation.Protocol("a frame is not masked");
        if ((first & 0x30) != 0) return WebSocketViolation.Protocol("RSV2 or RSV3 is set and no extension uses it");
        var compressed = (first & 0x40) != 0;
        var final = (first & 0x80) != 0;
        switch ((WebSocketOpcode)(first & 0x0F))
        {
            case WebSocketOpcode.Text or WebSocketOpcode.Binary:
                if (_message != WebSocketOpcode.Continuation)
                    return WebSocketViolation.Protocol("a new message begins before the last one ended");
                if (compressed && !deflate)
                    return WebSocketViolation.Protocol("RSV1 is set and permessage-deflate was not negotiated");
                return null;

            case WebSocketOpcode.Continuation:
                if (_message == WebSocketOpcode.Continuation)
                    return WebSocketViolation.Protocol("a continuation frame without a message to continue");
                if (compressed) return WebSocketViolation.Protocol("RSV1 is set on a continuation frame");
                if (_fragments >= MaxFragments)
                    return new WebSocketViolation(CloseCode.MessageTooBig, $"a message has more than {MaxFragments} fragments");
                return null;

            case WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong:
                if (compressed) return WebSocketViolation.Protocol("RSV1 is set on a control frame");
                if (!final) return WebSocketViolation.Protocol("a control frame is fragmented");
                if ((second & 0x7F) > MaxControlBytes)
                    return WebSocketViolation.Protocol("a control frame has more than 125 bytes");
                return null;

            default: return WebSocketViolation.Protocol("a reserved opcode");
        }
    }

    /// <summary>What a length can break: its form (RFC 6455 section 5.2) and the limit.</summary>
    private WebSocketViolation? CheckLength(ulong length, int lengthBytes)
    {
        if (length > long.MaxValue) return WebSocketViolation.Protocol("the top bit of a 64-bit length is set");
        if (lengthBytes switch { 2 => length < 126, 8 => length <= ushort.MaxValue, _ => false })
            return WebSocketViolation.Protocol("a length is not in its shortest form");

        // Bytes 0 and 1 stand in the header already; whether this frame begins a message decides which limit holds.
        var opcode = (WebSocketOpcode)(_header[0] & 0x0F);
        if (opcode >= WebSocketOpcode.Close) return null;
        var compressed = opcode == WebSocketOpcode.Continuation ? _compressed : (_header[0] & 0x40) != 0;
        return length > (ulong)((compressed ? _compressedBytes : messageBytes) - _length) ? TooBig(messageBytes) : null;
    }

    /// <summary>The payload of a close frame, RFC 6455 section 5.5.1 and 7.4.</summary>
    private static WebSocketViolation? CheckClose(ReadOnlySpan<byte> payload, out CloseCode code)
    {
        code = NoStatus;
        if (payload.Length == 0) return null;
        if (payload.Length == 1) return WebSocketViolation.Protocol("a close frame has half a code");
        var value = BinaryPrimitives.ReadUInt16BigEndian(payload);
        code = (CloseCode)value;
        // 1004 to 1006 and 1015 never travel; 1012 to 1014 are registered since the RFC; 3000 to 4999 belong to others.
        if (value is not (>= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999))
            return WebSocketViolation.Protocol("a close frame has a code that may not be sent");
        return Utf8.IsValid(payload[2..]) ? null : new WebSocketViolation(CloseCode.InvalidPayload, "the reason of a close frame is not valid UTF-8");
    }

    /// <summary>
    /// Checks the text that came so far, except for up to three bytes at its end that may still become a character,
    /// so that garbage is refused before a whole message of it was kept.
    /// </summary>
    private bool ValidateSoFar()
    {
        var text = _buffer.AsSpan(_validated, _length - _validated);
        var open = 0;
        for (var back = 1; back <= Math.Min(3, text.Length); back++)
        {
            var b = text[^back];
            if ((b & 0xC0) == 0x80) continue;
            var size = b switch { > 0xF4 => 1, >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC2 => 2, _ => 1 };
            if (size > back) open = back;
            break;
        }

        _validated += text.Length - open;
        return Utf8.IsValid(text[..^open]);
    }

    /// <summary>The violation of the message limit.</summary>
    internal static WebSocketViolation TooBig(int messageBytes) =>
        new(CloseCode.MessageTooBig, $"a message has more than {messageBytes} bytes");
}
