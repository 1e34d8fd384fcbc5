namespace Arauto.Redis.Links;

/// <summary>A sharded topic that was given up.</summary>
/// <remarks>
/// Servers push the same when the slot leaves them, and then answer with an error. So a push proves nothing here, and what
/// ends the wait is the reply of a <c>PING</c> behind the command.
/// </remarks>
internal sealed class PendingSunsubscribe(PushLink link, TopicEntry entry, RedisConnection connection)
    : PendingReply(new RedisCommand("SUNSUBSCRIBE", entry.Name), connection.Deadline())
{
    /// <inheritdoc/>
    public override RedisCommand Behind => PendingPing.Ping;

    /// <inheritdoc/>
    public override bool IsLast(RedisReply reply) => reply.Kind != RedisReplyKind.Error;

    /// <inheritdoc/>
    public override bool IsAnsweredBy(ReadOnlySpan<RedisReply> push) => PendingPing.IsPong(push);

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        if (reply.Kind != RedisReplyKind.Error)
        {
            link.OnGivenUp(connection, entry);
            link.OnLeft(entry);
        }
        // With its slot the topic has gone; after any other error it may still be there.
        else if (ErrorReply.Read(reply) is { Code: not "MOVED" } error) connection.Close($"it answered {Command.Name} with {error.Message}", error);
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        link.OnLeft(entry);
        connection.CloseSoon(PendingSubscription.NotGivenUp);
    }
}
