using System.Text;
using System.Text.Json;
using Arauto.Client;
using Arauto.Protocol.Frames;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>How a conversation looks, line by line. Everything that came from elsewhere is sanitized.</summary>
internal static class ChatLines
{
    /// <summary>The event of a chat's messages.</summary>
    public const string Event = "chat";

    /// <summary>A message: local time, who, what.</summary>
    public static string Of(Message message, TimeZoneInfo zone) =>
        TerminalText.Sanitize($"{TimeZoneInfo.ConvertTime(message.Timestamp, zone):HH:mm:ss} {message.From ?? "(server)"}: {Content(message)}");

    /// <summary>Something that happened, set apart from what people say.</summary>
    public static string Notice(string text) => "* " + TerminalText.Sanitize(text);

    /// <summary>Something that went wrong.</summary>
    public static string Fault(string text) => "! " + TerminalText.Sanitize(text);

    /// <summary>Who is here.</summary>
    public static string Here(IReadOnlyList<PresentUser> users) => Notice(users.Count == 0
        ? "nobody is here"
        : "here: " + string.Join(", ", users.Select(static u => u.Connections > 1 ? $"{u.User} ({u.Connections} devices)" : u.User)));

    /// <summary>Who is typing; empty for nobody.</summary>
    public static string TypingOf(IReadOnlyList<string> users) => TerminalText.Sanitize(users.Count switch
    {
        0 => "",
        1 => $"{users[0]} is typing…",
        2 => $"{users[0]} and {users[1]} are typing…",
        _ => $"{users.Count} people are typing…",
    });

    /// <summary>The payload of a message.</summary>
    public static byte[] Data(string content)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("content", content);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static string Content(Message message)
    {
        if (message.Event == Event)
        {
            var data = JsonElement.Parse(message.Data.Span);
            if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String)
            {
                try
                {
                    return content.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    // Half of a surrogate pair, which JSON can carry and text cannot: shown as it stands.
                }
            }
        }
        return $"[{message.Event}] {Encoding.UTF8.GetString(message.Data.Span)}";
    }
}
