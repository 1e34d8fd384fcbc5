using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Arauto.Protocol;

namespace Arauto.Ingestion;

/// <summary>What a program of somebody else published on a channel of Redis.</summary>
/// <remarks>
/// Three shapes: <c>{type, data, timestamp}</c>; <c>{channel, message, timestamp}</c>, whose message is JSON in a string;
/// and any object with a <c>type</c>, which is the data as a whole.
/// </remarks>
/// <param name="Event">The event.</param>
/// <param name="Data">The payload: JSON as UTF-8.</param>
internal readonly record struct ExternalMessage(string Event, ReadOnlyMemory<byte> Data)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads a message.</summary>
    /// <param name="channel">The channel it was published on, for events that the message does not name.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="message">The message.</param>
    /// <param name="problem">What is wrong with it and how to mend it.</param>
    public static bool TryRead(string channel, ReadOnlyMemory<byte> payload, out ExternalMessage message, [NotNullWhen(false)] out string? problem)
    {
        message = default;
        try
        {
            using var document = JsonDocument.Parse(payload, Options);
            var root = document.RootElement;
            problem = root.ValueKind != JsonValueKind.Object
                ? "It must be a JSON object."
                : IsEnvelope(root, out var inner) ? ReadEnvelope(channel, inner, out message) : ReadObject(root, payload, out message);
            return problem is null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is half of a surrogate pair in an escape, which is no text.
            problem = $"It is not well-formed JSON: {e.Message}";
            return false;
        }
    }

    private static bool IsEnvelope(JsonElement root, out JsonElement message) =>
        root.TryGetProperty("message", out message) && message.ValueKind == JsonValueKind.String && root.TryGetProperty("channel", out _) && !root.TryGetProperty("type", out _);

    private static string? ReadEnvelope(string channel, JsonElement text, out ExternalMessage message)
    {
        message = default;
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text.GetString()!);
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String)
                return ReadObject(document.RootElement, bytes, out message);
            message = new ExternalMessage(KindOf(channel), bytes);
            return null;
        }
        catch (JsonException e)
        {
            return $"Its \"message\" must be JSON in a string: {e.Message}";
        }
    }

    private static string? ReadObject(JsonElement root, ReadOnlyMemory<byte> payload, out ExternalMessage message)
    {
        message = default;
        if (!root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
            return "It needs a \"type\", or \"channel\" and \"message\".";
        var name = type.GetString()!;
        if (ReservedWords.CheckEvent(name) is { } reserved) return reserved.Message;
        message = new ExternalMessage(name, IsUpdate(root, out var data) ? Encoding.UTF8.GetBytes(data.GetRawText()) : payload);
        return null;
    }

    /// <summary>Whether there is nothing beside type, data and time, so that the data is the whole of what is said.</summary>
    private static bool IsUpdate(JsonElement root, out JsonElement data)
    {
        if (!root.TryGetProperty("data", out data)) return false;
        foreach (var property in root.EnumerateObject())
            if (property.Name is not ("type" or "data" or "timestamp")) return false;
        return true;
    }

    /// <summary>The event of an envelope whose message names none.</summary>
    private static string KindOf(string channel) => ChannelName.PrefixOf(channel) switch
    {
        "room:" => "chat_message",
        "user:" or "notifications:" => "user_event",
        _ => "system_event",
    };
}
