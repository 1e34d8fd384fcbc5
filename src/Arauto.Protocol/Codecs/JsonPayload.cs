using System.Text.Json;
using System.Text.Unicode;

namespace Arauto.Protocol.Codecs;

/// <summary>Checks payloads that do not arrive inside a JSON frame. They are written raw into frames, so they must be sound.</summary>
public static class JsonPayload
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = NativeLimits.MaxPayloadDepth };

    /// <summary>The payload of a message that was published without one: the JSON word <c>null</c>.</summary>
    public static ReadOnlyMemory<byte> Null { get; } = "null"u8.ToArray();

    /// <summary>The arguments of an event that was emitted without any.</summary>
    public static ReadOnlyMemory<byte> EmptyArray { get; } = "[]"u8.ToArray();

    /// <summary>Whether a payload that is known to be sound is an array.</summary>
    public static bool IsArray(ReadOnlySpan<byte> payload) => payload.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>
    /// Why <paramref name="payload"/> cannot be the data of a message, or <see langword="null"/> if it can: exactly one JSON
    /// value (RFC 8259) as UTF-8, at most <see cref="NativeLimits.MaxPayloadDepth"/> levels deep. Never throws.
    /// </summary>
    public static ProtocolError? Check(ReadOnlySpan<byte> payload)
    {
        if (!Utf8.IsValid(payload)) return JsonFault.NotUtf8("data");
        var reader = new Utf8JsonReader(payload, Options);
        try
        {
            // At the first read past the value the reader refuses trailing bytes.
            while (reader.Read())
            {
            }
            return null;
        }
        catch (JsonException fault)
        {
            return JsonFault.NotJson("data", fault, NativeLimits.MaxPayloadDepth);
        }
    }
}
