using System.Buffers;
using System.Text.Json;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Writes a page of history; each message exactly as subscribers get it.</summary>
internal static class MessagesWriter
{
    public static async Task WriteAsync(HttpContext context, string channel, HistoryResult page)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        var output = new ArrayBufferWriter<byte>(4096);
        Write(output, channel, page);
        await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }

    private static void Write(ArrayBufferWriter<byte> output, string channel, HistoryResult page)
    {
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
    }
}
