using System.Buffers;
using System.Text;
using System.Text.Json;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>
/// Turns the body of an HTTP answer into the reply it would have been over WebSocket. The fields are the same, so they
/// are put into a reply frame as they are and read by the codec, with its checks. Pure.
/// </summary>
internal static class ReplyBody
{
    /// <summary>Reads the answer to a command.</summary>
    /// <exception cref="ArautoException">The body is not an answer to it.</exception>
    public static Received.Framed Read(ClientCommand command, byte[] body)
    {
        var id = command.Id ?? 0;
        switch (command)
        {
            case PingCommand:
                return new Received.Framed(new PongFrame { Id = command.Id }, default);
            case TypingCommand or ReceiptCommand { Delivered: not null } or ReceiptCommand { Read: not null }:
                return new Received.Framed(new DoneReply { Id = id }, default);
        }
        var (frame, problem) = Decode(id, command as HistoryCommand, body);
        return frame is not null && IsAnswer(command, frame)
            ? new Received.Framed(frame, body)
            : throw ArautoException.Of(ErrorCode.Internal, $"The answer over HTTP cannot be read: {problem ?? "it answers something else"}");
    }

    private static bool IsAnswer(ClientCommand command, ServerFrame frame) => command switch
    {
        PublishCommand => frame is PublishReply,
        HistoryCommand => frame is HistoryReply,
        PresenceCommand => frame is PresenceReply,
        _ => frame is ReceiptsReply,
    };

    private static (ServerFrame? Frame, string? Problem) Decode(long id, HistoryCommand? history, byte[] body)
    {
        var start = body.AsSpan().IndexOf((byte)'{');
        if (start < 0) return (null, "it is not a JSON object");
        var bytes = new ArrayBufferWriter<byte>(body.Length + 128);
        bytes.Write(Encoding.ASCII.GetBytes($"{{\"type\":\"reply\",\"id\":{id},"));
        if (history is not null) bytes.Write(PlaceOf(history.Channel, body));
        bytes.Write(body.AsSpan(start + 1));
        return JsonCodec.Instance.TryDecodeFrame(bytes.WrittenSpan, out var frame, out var error) ? (frame, null) : (null, error.Message);
    }

    /// <summary>A page of history over HTTP says its place by the cursor only.</summary>
    private static byte[] PlaceOf(string channel, byte[] body)
    {
        Position position = default;
        try
        {
            using var page = JsonDocument.Parse(body);
            if (page.RootElement.TryGetProperty("cursor", out var text) && text.ValueKind == JsonValueKind.String
                && Cursor.TryDecode(text.GetString(), out var cursor)) cursor.TryGet(channel, out position);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The codec finds the same fault, and names it.
        }
        return Encoding.ASCII.GetBytes($"\"offset\":{position.Offset},\"epoch\":\"{position.Epoch}\",");
    }
}
