using System.Buffers;
using System.Text.Json;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;

namespace Arauto.Logs;

/// <summary>A page of history as JSON; each message exactly as subscribers get it.</summary>
internal static class HistoryJson
{
    public static ReadOnlyMemory<byte> Write(string channel, HistoryResult page)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var frame = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("channel"u8, channel);
        json.WriteStartArray("messages"u8);
        foreach (var message in page.Messages!)
        {
            frame.ResetWrittenCount();
            JsonCodec.Instance.EncodeFrame(message, frame);
            json.WriteRawValue(frame.WrittenSpan, skipInputValidation: true);
        }
        json.WriteEndArray();
        json.WriteString("cursor"u8, Cursor.Encode(channel, page.Position));
        json.WriteBoolean("more"u8, page.More);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
