namespace Arauto.Redis.Links;

/// <summary>Asks how many replicas a master has, and whether it still is one.</summary>
internal sealed class PendingRole(long deadline) : PendingReply(Role, deadline)
{
    private static readonly RedisCommand Role = new("ROLE");

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        if (reply.Kind == RedisReplyKind.Error) return;
        var (isMaster, replicas) = Handshake.ReadRole(reply);
        if (isMaster) connection.ConfirmingReplicas = Math.Min(1, replicas);
        else connection.Close("the server became a replica");
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        // Nobody waits for it: the connection ended, or the next look comes.
    }
}
