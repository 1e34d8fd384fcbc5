using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Arauto.Gateways.Arguments;

namespace Arauto.Gateways;

/// <summary>The arguments of one event or acknowledgement: JSON values, and binary ones at any depth. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// In <see cref="Json"/> a binary value is the placeholder <c>{"_placeholder":true,"num":n}</c>, its bytes are the n-th of
/// <see cref="Attachments"/>. Placeholders are numbered in the order in which they stand in the text, each attachment has
/// exactly one. Without attachments an object of that form is ordinary data.
/// </remarks>
public sealed class EventArguments
{
    private readonly ReadOnlyMemory<byte>[] _attachments;
    private Range[]? _ranges;
    private StrongBox<JsonElement>? _parsed;

    internal EventArguments(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>[] attachments)
    {
        Json = json;
        _attachments = attachments;
    }

    /// <summary>No arguments.</summary>
    public static EventArguments Empty { get; } = new("[]"u8.ToArray(), []);

    /// <summary>The number of arguments.</summary>
    public int Count => Ranges.Length;

    /// <summary>The arguments as a JSON array in UTF-8, as the sender wrote them.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The bytes of the binary values.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => _attachments;

    internal bool IsEmpty => Json.Length == "[]".Length;

    private Range[] Ranges => _ranges ??= ArgumentText.Split(Json.Span);

    /// <summary>The text of one argument.</summary>
    internal ReadOnlyMemory<byte> TextOf(int index) => Json[Ranges[index]];

    /// <summary>The argument at <paramref name="index"/>; a binary value in it appears as its placeholder.</summary>
    public JsonElement this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var parsed = _parsed ??= new(ArgumentText.Parse(Json.Span));
            return parsed.Value[index];
        }
    }

    /// <summary>Makes arguments of values.</summary>
    /// <param name="values">
    /// Anything that <see cref="JsonSerializer"/> takes. <c>byte[]</c>, <see cref="ReadOnlyMemory{T}"/>, <see cref="Memory{T}"/>
    /// and <see cref="ArraySegment{T}"/> of bytes travel as binary, also inside other values. Of an
    /// <see cref="EventArguments"/> each argument is taken, with its binary values.
    /// </param>
    /// <param name="options">How the values are written; <see langword="null"/> for <see cref="JsonSerializerDefaults.Web"/>.</param>
    /// <exception cref="JsonException">A value has no JSON.</exception>
    /// <exception cref="NotSupportedException">A value's type cannot be serialised.</exception>
    /// <exception cref="ArgumentException">There is binary, and beside it ordinary data of the form of a placeholder, which receivers would take for one.</exception>
    public static EventArguments From(ReadOnlySpan<object?> values, JsonSerializerOptions? options = null) =>
        values switch
        {
            [] => Empty,
            [EventArguments arguments] => arguments,
            _ => ArgumentWriter.Write(values, options),
        };

    /// <summary>Reads arguments from a JSON array whose placeholders refer to <paramref name="attachments"/>.</summary>
    /// <exception cref="JsonException">The text is not a JSON array, or a placeholder refers to no attachment.</exception>
    public static EventArguments Parse(ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>>? attachments = null)
    {
        if (!ArgumentText.IsArray(json.Span)) throw new JsonException("Arguments are a JSON array.");
        var text = ArgumentText.CopyArray(json.Span);
        if (attachments is null or []) return new EventArguments(text, []);
        var placeholders = Placeholder.FindAll(text);
        return Placeholder.AllReferTo(attachments.Count, placeholders)
            ? Assemble(text, placeholders, attachments)
            : throw new JsonException("A placeholder refers to no attachment.");
    }

    /// <summary>Whether the argument at <paramref name="index"/> is a binary value.</summary>
    public bool IsBinary(int index) => TryGetBinary(index, out _);

    /// <summary>The bytes of the binary argument at <paramref name="index"/>.</summary>
    /// <exception cref="InvalidOperationException">It is not binary.</exception>
    public ReadOnlyMemory<byte> Binary(int index) =>
        TryGetBinary(index, out var bytes) ? bytes : throw new InvalidOperationException($"Argument {index} is not binary.");

    /// <summary>The argument at <paramref name="index"/> as <typeparamref name="T"/>, which may have members of bytes at any depth.</summary>
    /// <param name="index">Which argument.</param>
    /// <param name="options">How it is read; <see langword="null"/> for <see cref="JsonSerializerDefaults.Web"/>.</param>
    /// <exception cref="JsonException">The argument is no <typeparamref name="T"/>.</exception>
    public T? Get<T>(int index, JsonSerializerOptions? options = null)
    {
        var text = Json.Span[Ranges[index]];
        using var scope = AttachmentScope.Read(_attachments);
        return JsonSerializer.Deserialize<T>(text, ArgumentSerialization.For(options));
    }

    /// <summary>The argument at <paramref name="index"/> as <paramref name="type"/>.</summary>
    /// <inheritdoc cref="Get{T}"/>
    public object? Get(int index, Type type, JsonSerializerOptions? options = null)
    {
        var text = Json.Span[Ranges[index]];
        using var scope = AttachmentScope.Read(_attachments);
        return JsonSerializer.Deserialize(text, type, ArgumentSerialization.For(options));
    }

    /// <summary>The arguments without the first <paramref name="count"/>.</summary>
    public EventArguments Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return this;
        if (count >= Count) return Empty;
        byte[] rest = [(byte)'[', .. Json.Span[Ranges[count].Start..]];
        return _attachments.Length == 0 ? new EventArguments(rest, []) : Assemble(rest, Placeholder.FindAll(rest), _attachments);
    }

    /// <summary>These arguments with <paramref name="values"/> behind them; see <see cref="From"/>.</summary>
    public EventArguments Append(ReadOnlySpan<object?> values, JsonSerializerOptions? options = null) => From([this, .. values], options);

    /// <summary>Brings placeholders that refer to <paramref name="attachments"/> in any order, repeatedly or not at all, into the order of the text.</summary>
    internal static EventArguments Assemble(ReadOnlySpan<byte> json, List<Placeholder> placeholders, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var ordered = new ReadOnlyMemory<byte>[placeholders.Count];
        for (var i = 0; i < ordered.Length; i++) ordered[i] = attachments[placeholders[i].Number];
        return new EventArguments(Placeholder.Renumber(json, placeholders, first: 0), ordered);
    }

    private bool TryGetBinary(int index, [NotNullWhen(true)] out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        var text = Json.Span[Ranges[index]];
        if (_attachments.Length == 0 || text[0] != '{') return false;
        var found = Placeholder.FindAll(text);
        if (found is not [{ Start: 0 } only]) return false;
        bytes = _attachments[only.Number];
        return true;
    }
}
