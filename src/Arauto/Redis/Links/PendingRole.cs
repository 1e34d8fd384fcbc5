namespace Arauto.Redis.Links;

/// <summary>Asks how far a master's replicas are, and whether it still is one.</summary>
/// <param name="commands">Commands that wait for a replica; see <see cref="Confirmations"/>.</param>
/// <param name="deadline">The timestamp at which waiting is over.</param>
internal sealed class PendingRole(PendingCommand[] commands, long deadline) : PendingReply(Role, deadline)
{
    private static readonly RedisCommand Role = new("ROLE");

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        var role = reply.Kind == RedisReplyKind.Error ? null : ServerRole.Read(reply);
        if (role is { IsMaster: false }) connection.Close("the server became a replica");
        connection.Confirmations.OnRole(role, commands);
        connection.AskForConfirmation();
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        foreach (var command in commands) command.Fail(reason);
    }
}
