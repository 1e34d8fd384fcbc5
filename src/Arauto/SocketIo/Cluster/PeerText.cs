using System.Buffers;
using System.Text.Json;
using Arauto.Gateways;
using Arauto.Gateways.Arguments;

namespace Arauto.SocketIo.Cluster;

/// <summary>A message between nodes as JSON, with what JSON cannot say beside it: on the wire it is JSON, or MessagePack.</summary>
/// <param name="Json">The text; binary values in it are placeholders, as in <see cref="EventArguments"/>.</param>
/// <param name="Attachments">The binary values.</param>
internal readonly record struct PeerText(ReadOnlyMemory<byte> Json, IReadOnlyList<ReadOnlyMemory<byte>> Attachments)
{
    /// <summary>The largest message that is taken from another node. An event may have a million bytes; a list of sockets has more.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Levels that a whole message may have: what clients send, in what an application makes of it, in what servers say about that. Arguments are bounded for themselves.</summary>
    public const int MaxDepth = 4 * ArgumentText.MaxDepth;

    /// <summary>Reads a message: a brace begins JSON, anything else is MessagePack.</summary>
    /// <returns><see langword="false"/> if it is neither, too large or nested too deeply.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> payload, out PeerText text)
    {
        text = default;
        if (payload.Length is 0 or > MaxBytes) return false;
        if (payload.Span[0] != (byte)'{') return MessagePackText.TryRead(payload, out text);
        text = new PeerText(payload, []);
        return ArgumentText.IsObject(payload.Span, MaxDepth);
    }

    /// <summary>Writes a message as JSON text.</summary>
    public static PeerText Write(IReadOnlyList<ReadOnlyMemory<byte>> attachments, Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        write(json);
        json.Flush();
        return new PeerText(output.WrittenMemory, attachments);
    }

    /// <summary>The text for reading.</summary>
    public JsonDocument Parse() => JsonDocument.Parse(Json, new JsonDocumentOptions { MaxDepth = MaxDepth });

    /// <summary>The message as the other nodes get it where they take both forms: JSON unless there is binary in it.</summary>
    public ReadOnlyMemory<byte> ToPayload() => Attachments.Count == 0 ? Json : ToMessagePack();

    /// <summary>The message as MessagePack.</summary>
    public ReadOnlyMemory<byte> ToMessagePack() => MessagePackText.Write(this);

    /// <summary>A part of the message as arguments of their own.</summary>
    /// <param name="array">An array in the message.</param>
    /// <param name="skip">How many elements in front are left out.</param>
    /// <exception cref="FormatException">It is nested more deeply than arguments may be.</exception>
    public EventArguments ArgumentsOf(JsonElement array, int skip = 0) => ArgumentsOf(array.EnumerateArray().Skip(skip));

    /// <summary>One value of the message as arguments; without a value none.</summary>
    /// <exception cref="FormatException">It is nested more deeply than arguments may be.</exception>
    public EventArguments ArgumentOf(JsonElement? value) => ArgumentsOf(value is { } one ? [one] : []);

    /// <summary>A value of the message as it stands for itself, with binary in it as base64 text.</summary>
    public JsonElement InlineOf(JsonElement value) => Attachments.Count == 0
        ? value.Clone()
        : ArgumentText.Parse(InlineBinary.Write(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value).ToArray(), Attachments).Span);

    private EventArguments ArgumentsOf(IEnumerable<JsonElement> values)
    {
        var output = new ArrayBufferWriter<byte>(256);
        output.Write("["u8);
        foreach (var value in values)
        {
            if (output.WrittenCount > 1) output.Write(","u8);
            output.Write(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value));
        }
        output.Write("]"u8);
        if (output.WrittenCount == "[]".Length) return EventArguments.Empty;
        if (!ArgumentText.IsArray(output.WrittenSpan)) throw new FormatException("Arguments that are nested too deeply.");
        return Attachments.Count == 0
            ? new EventArguments(output.WrittenMemory, [])
            : EventArguments.Assemble(output.WrittenSpan, Placeholder.FindAll(output.WrittenSpan), Attachments);
    }
}
