using System.Buffers;
using System.Buffers.Text;

namespace Arauto.Gateways.Arguments;

/// <summary>Arguments for protocols without attachments, such as the native one: binary is base64 text (RFC 4648), which is read as bytes again.</summary>
internal static class InlineBinary
{
    /// <summary>The arguments as one JSON array in UTF-8.</summary>
    public static ReadOnlyMemory<byte> ToInlineJson(this EventArguments arguments) => Write(arguments.Json, arguments.Attachments);

    /// <summary>JSON text with its binary values in it.</summary>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (attachments.Count == 0) return json;
        var text = new ArrayBufferWriter<byte>(json.Length + attachments.Sum(static bytes => Base64.GetMaxEncodedToUtf8Length(bytes.Length)));
        var copied = 0;
        foreach (var placeholder in Placeholder.FindAll(json.Span))
        {
            text.Write(json.Span[copied..placeholder.Start]);
            Write(text, attachments[placeholder.Number].Span);
            copied = placeholder.End;
        }
        text.Write(json.Span[copied..]);
        return text.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> bytes)
    {
        text.Write("\""u8);
        Base64.EncodeToUtf8(bytes, text.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        text.Advance(written);
        text.Write("\""u8);
    }
}
