using System.Text.Json;
using System.Text.Json.Serialization;

namespace Arauto.Gateways.Arguments;

/// <summary>Bytes as an attachment; base64 text is read as well, as the serialiser does without this converter.</summary>
internal sealed class BinaryConverter<T>(Func<ReadOnlyMemory<byte>, T> wrap, Func<T, ReadOnlyMemory<byte>> unwrap) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => wrap(default),
        JsonTokenType.String => wrap(reader.GetBytesFromBase64()),
        JsonTokenType.StartObject when Placeholder.Read(ref reader) is { } number && number >= 0 && number < AttachmentScope.Reading.Length => wrap(AttachmentScope.Reading[number]),
        _ => throw new JsonException("Not binary."),
    };

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        var attachments = AttachmentScope.Writing;
        writer.WriteStartObject();
        writer.WriteBoolean("_placeholder"u8, true);
        writer.WriteNumber("num"u8, attachments.Count);
        writer.WriteEndObject();
        // The caller may use its array again; the message may wait in a queue until then.
        attachments.Add(unwrap(value).ToArray());
    }
}
