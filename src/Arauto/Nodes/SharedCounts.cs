using Arauto.Backplanes.Redis;
using Arauto.Limits;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>The connections of users over all nodes, in Redis: one hash per user with a number per lease of a node.</summary>
/// <remarks>
/// A script decides, so of many logins at once exactly as many succeed as may. What a dead node left is found out when it
/// stands in somebody's way, and taken out. While Redis is away each node holds the limit for itself.
/// </remarks>
internal sealed partial class SharedCounts(IRedis redis, RedisNames names, NodeDirectory nodes, ILogger<SharedCounts> logger) : ISharedCounts
{
    private static readonly RedisScript Script = RedisScript.Embedded(typeof(SharedCounts), "connections.lua");

    /// <summary>Entries of users who changed nothing for so long are gone; each node says its own again twice in that time.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Whose number was not said.</summary>
    public Unsaid<string> Unsaid { get; } = new(nodes);

    /// <inheritdoc/>
    public async ValueTask<RaiseResult> TryRaiseAsync(string user, int here, int limit)
    {
        try
        {
            var (isEntered, others) = await AskAsync(user, here, limit).ConfigureAwait(false);
            if (isEntered) return RaiseResult.Within;
            if (others.All(nodes.Leases.Contains)) return RaiseResult.Above;
            var gone = await nodes.FindGoneAsync(others, CancellationToken.None).ConfigureAwait(false);
            if (gone.Length == 0) return RaiseResult.Above;
            await redis.ExecuteAsync(new RedisCommand("HDEL", [names.Connections(user), .. gone.Select(lease => (RedisArg)lease)]), CancellationToken.None).ConfigureAwait(false);
            return RaiseResult.Again;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            NotSaid(user, e);
            return RaiseResult.Within;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SetAsync(string user, int here)
    {
        try
        {
            await AskAsync(user, here, 0).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            NotSaid(user, e);
            return false;
        }
    }

    private async ValueTask<(bool IsEntered, List<string> Others)> AskAsync(string user, int here, int limit)
    {
        RedisArg[] args = [nodes.Lease, here, limit, (long)Kept.TotalMilliseconds, nodes.Self];
        var reply = await redis.ExecuteAsync(RedisCommand.Call(Script, [names.Connections(user)], args), CancellationToken.None).ConfigureAwait(false);
        var others = new List<string>();
        foreach (var lease in reply.Items[1].Items) others.Add(lease.AsString()!);
        return (reply.Items[0].AsInteger() == 1, others);
    }

    private void NotSaid(string user, Exception e)
    {
        Unsaid.Add(user);
        Log.NotKnown(logger, user, e.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(2340, LogLevel.Debug, "The connections of {User} on other nodes are not known, this node's own limit holds: {Reason}")]
        public static partial void NotKnown(ILogger logger, string user, string reason);
    }
}
