using System.Text.Json;
using Arauto.Client.Transports.Http;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.LongPolling;

/// <summary>One answer to a poll.</summary>
/// <param name="Cursor">The place of all channels after it.</param>
/// <param name="Items">Its frames, in the order in which they count: gaps, messages, events.</param>
internal sealed record PollAnswer(string Cursor, IReadOnlyList<Received> Items)
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="IOException">It is not one: something else than the server has answered.</exception>
    public static PollAnswer Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            var root = answer.RootElement;
            List<Received> items = [];
            foreach (var list in (ReadOnlySpan<string>)["gaps", "messages", "events"]) AddFrames(root, list, items);
            return new PollAnswer(root.GetProperty("cursor").GetString() ?? throw new KeyNotFoundException("The cursor is missing."), items);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"Something else than an answer to a poll was answered: {error.Message}", error);
        }
    }

    /// <summary>The answers to subscriptions that began with this poll.</summary>
    public IEnumerable<Received> Replies(IReadOnlyList<SubscribeCommand> wanted)
    {
        foreach (var command in wanted)
        {
            if (command.Id is null) continue;
            var isWhole = !Items.Any(item => item is Received.Framed { Frame: GapFrame gap } && gap.Channel == command.Channel);
            yield return new Received.Framed(StartingPlace.Reply(command, command.Since ?? PlaceOfNow(command.Channel), command.Since is not null && isWhole), default);
        }
    }

    // The answer's cursor is behind its messages; a channel that began "now" and has one already began before it.
    private string? PlaceOfNow(string channel) =>
        Items.Any(item => item is Received.Framed { Frame: MessageFrame message } && message.Channel == channel) ? null : Cursor;

    private static void AddFrames(JsonElement root, string list, List<Received> items)
    {
        if (!root.TryGetProperty(list, out var frames)) return;
        foreach (var element in frames.EnumerateArray())
        {
            var bytes = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).ToArray();
            items.Add(JsonCodec.Instance.TryDecodeFrame(bytes, out var frame, out var problem)
                ? new Received.Framed(frame, bytes)
                : new Received.Unreadable(problem.Message));
        }
    }
}
