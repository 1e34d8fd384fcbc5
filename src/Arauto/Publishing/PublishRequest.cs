using Arauto.Protocol.Frames;

namespace Arauto.Publishing;

/// <summary>A message somebody wants to publish; authorised and within limits when it reaches the publisher.</summary>
public sealed class PublishRequest
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The event: the message's <c>type</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The payload: well-formed JSON as UTF-8. Must not change any more.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What the message says beyond event and data, for protocols that have more.</summary>
    public MessageEnvelope? Envelope { get; init; }

    /// <summary>The user who publishes; <see langword="null"/> for the server itself.</summary>
    public string? From { get; init; }

    /// <summary>The idempotency key, scoped to channel and user; 1 to 128 characters.</summary>
    public string? Key { get; init; }

    /// <summary>The correlation id to follow the message by; the message's id when absent.</summary>
    public string? CorrelationId { get; init; }
}
