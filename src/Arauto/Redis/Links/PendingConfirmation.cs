namespace Arauto.Redis.Links;

/// <summary>A <c>WAIT</c> behind commands that only count once a replica has them.</summary>
internal sealed class PendingConfirmation(RedisCommand wait, PendingCommand[] commands, long deadline) : PendingReply(wait, deadline)
{
    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        connection.Confirmations.OnWaited(commands, reply.Kind == RedisReplyKind.Integer && reply.Integer > 0);
        connection.AskForConfirmation();
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        foreach (var command in commands) command.Fail(reason);
    }
}
