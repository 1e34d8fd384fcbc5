namespace Arauto.Redis.Links;

/// <summary>Tells a server of a Cluster to serve the next command though its slot is still on the way there.</summary>
internal sealed class PendingAsking(long deadline) : PendingReply(Asking, deadline)
{
    /// <summary>The command.</summary>
    public static readonly RedisCommand Asking = new("ASKING");

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        // The command behind it tells whether it helped.
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        // The command behind it fails too.
    }
}
