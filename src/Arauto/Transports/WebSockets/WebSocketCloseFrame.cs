using System.Buffers.Binary;
using System.Text.Unicode;
using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

/// <summary>Makes close frames, RFC 6455 section 5.5.1.</summary>
internal static class WebSocketCloseFrame
{
    /// <summary>The most bytes of a reason: 125 for a control frame less the code.</summary>
    public const int MaxReasonBytes = 123;

    /// <summary>The whole frame. A longer reason is cut between two characters; <see cref="WebSocketFrameReader.NoStatus"/> makes a frame without code and reason.</summary>
    public static byte[] Create(CloseCode code, string reason)
    {
        Span<byte> frame = stackalloc byte[2 + 2 + MaxReasonBytes];
        var payload = 0;
        if (code != WebSocketFrameReader.NoStatus)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)code);
            Utf8.FromUtf16(reason, frame[4..], out _, out var written);
            payload = 2 + written;
        }

        WebSocketFrameHeader.Write(frame, WebSocketOpcode.Close, payload);
        return frame[..(2 + payload)].ToArray();
    }
}
