using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client;

/// <summary>What became of a published message. A repetition with the same key gives the same result.</summary>
public sealed class PublishResult
{
    private readonly PublishOutcome _outcome;

    internal PublishResult(PublishOutcome outcome, string key, ReadOnlyMemory<byte> json)
    {
        _outcome = outcome;
        Key = key;
        Json = json;
    }

    /// <summary>The message's id, a UUID version 7.</summary>
    public Guid MessageId => _outcome.MessageId;

    /// <summary>The place in the channel's log.</summary>
    public Position Position => _outcome.Position;

    /// <summary>Whether the message survives the loss of the server's process.</summary>
    public bool Durable => _outcome.Durable;

    /// <summary>How many nodes were told at once.</summary>
    public Fanout Fanout => _outcome.Fanout;

    /// <summary>The id under which the server's logs speak of the message.</summary>
    public string CorrelationId => _outcome.CorrelationId;

    /// <summary>The idempotency key it was published with.</summary>
    public string Key { get; }

    /// <summary>The answer as it stood on the wire: one JSON object as UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }
}
