using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client;

/// <summary>A message of a channel. Immutable.</summary>
public sealed class Message
{
    private readonly MessageFrame _frame;

    internal Message(MessageFrame frame, ReadOnlyMemory<byte> json)
    {
        _frame = frame;
        Json = json;
    }

    /// <summary>The channel.</summary>
    public string Channel => _frame.Channel;

    /// <summary>The published event.</summary>
    public string Event => _frame.Event;

    /// <summary>The payload: JSON as UTF-8, byte for byte as it was published.</summary>
    public ReadOnlyMemory<byte> Data => _frame.Data;

    /// <summary>When the server took the message, UTC, in milliseconds.</summary>
    public DateTimeOffset Timestamp => _frame.Timestamp;

    /// <summary>The message's id, a UUID version 7.</summary>
    public Guid Id => _frame.Id;

    /// <summary>The place in the channel's log.</summary>
    public Position Position => _frame.Position;

    /// <summary>The user who published it; <see langword="null"/> for the server itself.</summary>
    public string? From => _frame.From;

    /// <summary>Hand this to <see cref="ArautoClient.SubscribeAsync"/> to go on after this message, at any later time.</summary>
    public string? Cursor => _frame.Cursor;

    /// <summary>The whole message as it stood on the wire: one JSON object as UTF-8. Empty for messages of a history page.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Reads the payload.</summary>
    /// <exception cref="JsonException">The payload does not fit <typeparamref name="T"/>.</exception>
    public T? DataAs<T>(JsonSerializerOptions? options = null) => JsonSerializer.Deserialize<T>(Data.Span, options ?? JsonSerializerOptions.Web);

    /// <summary>Reads the payload without reflection.</summary>
    /// <exception cref="JsonException">The payload does not fit <typeparamref name="T"/>.</exception>
    public T? DataAs<T>(JsonTypeInfo<T> typeInfo) => JsonSerializer.Deserialize(Data.Span, typeInfo);
}
