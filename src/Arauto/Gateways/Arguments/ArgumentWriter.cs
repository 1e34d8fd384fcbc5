using System.Buffers;
using System.Text.Json;

namespace Arauto.Gateways.Arguments;

/// <summary>Writes values as the arguments of an event.</summary>
internal static class ArgumentWriter
{
    public static EventArguments Write(ReadOnlySpan<object?> values, JsonSerializerOptions? options)
    {
        var serialization = ArgumentSerialization.For(options);
        var attachments = new List<ReadOnlyMemory<byte>>();
        var text = new ArrayBufferWriter<byte>(256);
        using var scope = AttachmentScope.Write(attachments);
        using var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = serialization.Encoder, MaxDepth = serialization.MaxDepth, SkipValidation = true });
        text.Write("["u8);
        foreach (var value in values)
        {
            if (value is EventArguments { IsEmpty: true }) continue;
            if (text.WrittenCount > 1) text.Write(","u8);
            if (value is EventArguments arguments)
            {
                Splice(arguments, text, attachments);
                continue;
            }
            JsonSerializer.Serialize(json, value, value?.GetType() ?? typeof(object), serialization);
            json.Flush();
            json.Reset();
        }
        text.Write("]"u8);
        if (attachments.Count > 0 && Placeholder.FindAll(text.WrittenSpan).Count != attachments.Count)
            throw new ArgumentException("Beside binary values stands ordinary data of the form {\"_placeholder\":true}, which receivers would take for binary.", nameof(values));
        return text.WrittenCount == "[]".Length ? EventArguments.Empty : new EventArguments(text.WrittenSpan.ToArray(), [.. attachments]);
    }

    private static void Splice(EventArguments arguments, ArrayBufferWriter<byte> text, List<ReadOnlyMemory<byte>> attachments)
    {
        var json = arguments.Json.Span;
        if (arguments.Attachments.Count > 0 && attachments.Count > 0)
            json = Placeholder.Renumber(json, Placeholder.FindAll(json), attachments.Count);
        text.Write(json[1..^1]);
        attachments.AddRange(arguments.Attachments);
    }
}
