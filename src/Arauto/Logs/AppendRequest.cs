using Arauto.Protocol.Frames;

namespace Arauto.Logs;

/// <summary>A message on its way into the log; everything but its position.</summary>
public sealed class AppendRequest
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The event.</summary>
    public required string Event { get; init; }

    /// <summary>The payload: JSON as UTF-8. Not changed after this point by anybody.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the server took it, UTC, whole milliseconds.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Its id, should the key turn out to be new.</summary>
    public required Guid Id { get; init; }

    /// <summary>The user who publishes; <see langword="null"/> for the server.</summary>
    public string? From { get; init; }

    /// <summary>The idempotency key, unique per channel; the publisher has already mixed the user into it.</summary>
    public string? Key { get; init; }

    /// <summary>What the message says beyond event and data.</summary>
    public MessageEnvelope? Envelope { get; init; }

    /// <summary>The correlation id.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>What the channel keeps.</summary>
    public required Retention Retention { get; init; }
}
