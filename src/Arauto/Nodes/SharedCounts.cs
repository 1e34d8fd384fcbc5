using Arauto.Backplanes.Redis;
using Arauto.Limits;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>The connections of users over all nodes, in Redis: one hash per user with a number per node.</summary>
/// <remarks>
/// A script decides, so of many logins at once exactly as many succeed as may. What a dead node left is found out when it
/// stands in somebody's way, and taken out. While Redis is away each node holds the limit for itself.
/// </remarks>
internal sealed partial class SharedCounts(IRedis redis, RedisNames names, NodeDirectory nodes, ILogger<SharedCounts> logger) : ISharedCounts
{
    private static readonly RedisScript Script = RedisScript.Embedded(typeof(SharedCounts), "connections.lua");

    /// <summary>Entries of users who changed nothing for so long are gone; each node says its own again twice in that time.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public async ValueTask<bool> TryRaiseAsync(string user, int here, int limit)
    {
        try
        {
            var (entered, others) = await SetAsync(user, here, limit, []).ConfigureAwait(false);
            if (entered || others.All(nodes.Live.Contains)) return entered;
            var live = await nodes.LookAsync(CancellationToken.None).ConfigureAwait(false);
            var gone = others.Where(node => !live.Contains(node)).ToArray();
            return gone.Length > 0 && (await SetAsync(user, here, limit, gone).ConfigureAwait(false)).Entered;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotKnown(logger, user, e.Message);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Set(string user, int here)
    {
        var said = SetAsync(user, here, 0, []);
        if (!said.IsCompletedSuccessfully) _ = ObserveAsync(said, user);
    }

    private async ValueTask<(bool Entered, List<string> Others)> SetAsync(string user, int here, int limit, IReadOnlyList<string> gone)
    {
        RedisArg[] args = [nodes.Self, here, limit, (long)Kept.TotalMilliseconds, .. gone.Select(node => (RedisArg)node)];
        var reply = await redis.ExecuteAsync(RedisCommand.Call(Script, [names.Connections(user)], args), CancellationToken.None).ConfigureAwait(false);
        var others = new List<string>();
        foreach (var node in reply.Items[1].Items) others.Add(node.AsString()!);
        return (reply.Items[0].AsInteger() == 1, others);
    }

    /// <summary>What could not be said now is said again when this node is registered again.</summary>
    private async Task ObserveAsync(ValueTask<(bool Entered, List<string> Others)> said, string user)
    {
        try
        {
            await said.ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotKnown(logger, user, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2340, LogLevel.Debug, "The connections of {User} on other nodes are not known, this node's own limit holds: {Reason}")]
        public static partial void NotKnown(ILogger logger, string user, string reason);
    }
}
