namespace Arauto.Redis.Links;

/// <summary>What was sent and waits for its reply; replies come in the order of sending.</summary>
internal abstract class PendingReply(RedisCommand command, long deadline)
{
    /// <summary>What was sent.</summary>
    public RedisCommand Command { get; } = command;

    /// <summary>The timestamp at which waiting is over.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>What is sent right behind it, so that a reply of that command is the last; <see langword="null"/> for nothing.</summary>
    public virtual RedisCommand? Behind => null;

    /// <summary>Whether nobody waits any more; the reply's turn still comes.</summary>
    public virtual bool IsOver => false;

    /// <summary>Takes the reply. On the thread that reads.</summary>
    /// <param name="connection">The connection that it came on.</param>
    /// <param name="reply">The reply; of a push, good during the call only.</param>
    public abstract void Answer(RedisConnection connection, RedisReply reply);

    /// <summary>There will be no reply.</summary>
    public abstract void Fail(RedisUnavailableException reason);

    /// <summary>Whether no more replies are due after this one.</summary>
    public virtual bool IsLast(RedisReply reply) => true;

    /// <summary>Whether a push is the reply, as for subscriptions.</summary>
    public virtual bool IsAnsweredBy(ReadOnlySpan<RedisReply> push) => false;
}
