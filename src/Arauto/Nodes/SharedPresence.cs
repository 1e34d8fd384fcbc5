using Arauto.Backplanes.Redis;
using Arauto.Presence;
using Arauto.Protocol.Frames;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>Who is where over all nodes, in Redis: one hash per channel, and in it the nodes of each user.</summary>
/// <remarks>An entry is worth as much as the lease that it names (<see cref="NodeDirectory"/>), so a node that was killed is not there any more when its lease is over.</remarks>
internal sealed partial class SharedPresence(IRedis redis, RedisNames names, NodeDirectory nodes, ILogger<SharedPresence> logger) : IPresenceShare
{
    private static readonly RedisScript SetScript = RedisScript.Embedded(typeof(SharedPresence), "presence.lua");
    private static readonly RedisScript PurgeScript = RedisScript.Embedded(typeof(SharedPresence), "presence-purge.lua");

    /// <summary>A channel in which nobody comes or goes for so long is forgotten; nodes say their own entries again twice in that time.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Who in which channel was not said.</summary>
    public Unsaid<(string Channel, string User)> Unsaid { get; } = new(nodes);

    /// <inheritdoc/>
    public ValueTask<SharedPlace> SetAsync(string channel, string user, int? connections)
    {
        RedisArg[] args = [user, nodes.Lease, connections ?? -1, (long)Kept.TotalMilliseconds, nodes.Self];
        // Sent here, in the caller's order; only the reply is waited for.
        return FinishAsync(channel, user, redis.ExecuteAsync(RedisCommand.Call(SetScript, [names.Presence(channel)], args), CancellationToken.None));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PresentUser>?> ListAsync(string channel, CancellationToken cancellationToken)
    {
        try
        {
            var live = await nodes.LookAsync(cancellationToken).ConfigureAwait(false);
            var reply = await redis.ExecuteAsync(new RedisCommand("HGETALL", names.Presence(channel)), cancellationToken).ConfigureAwait(false);
            var users = new List<PresentUser>(reply.Items.Length / 2);
            for (var i = 0; i + 1 < reply.Items.Length; i += 2)
                if (ConnectionsOn(live, reply.Items[i + 1].AsString()!) is { } connections) users.Add(new PresentUser(reply.Items[i].AsString()!, connections));
            users.Sort(static (a, b) => string.CompareOrdinal(a.User, b.User));
            return users;
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Log.NotKnown(logger, channel, e.Message);
            return null;
        }
    }

    /// <summary>Takes leases that are gone out of a channel.</summary>
    /// <returns>The users who are nowhere any more; each is named to one node only.</returns>
    /// <exception cref="RedisUnavailableException">Redis cannot answer.</exception>
    public async ValueTask<IReadOnlyList<string>> PurgeAsync(string channel, IReadOnlyCollection<string> gone, CancellationToken cancellationToken)
    {
        var reply = await redis.ExecuteAsync(
            RedisCommand.Call(PurgeScript, [names.Presence(channel)], [.. gone.Select(lease => (RedisArg)lease)]), cancellationToken).ConfigureAwait(false);
        var users = new List<string>();
        foreach (var user in reply.Items) users.Add(user.AsString()!);
        return users;
    }

    private async ValueTask<SharedPlace> FinishAsync(string channel, string user, ValueTask<RedisReply> sent)
    {
        try
        {
            var reply = await sent.ConfigureAwait(false);
            var elsewhere = false;
            foreach (var lease in reply.Items[1].Items) elsewhere |= nodes.Leases.Contains(lease.AsString()!);
            return new SharedPlace(IsSaid: true, WasHere: reply.Items[0].AsInteger() == 1, elsewhere);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            Unsaid.Add((channel, user));
            Log.NotKnown(logger, channel, e.Message);
            return default;
        }
    }

    /// <summary>The sum over leases that count; <see langword="null"/> if there are none.</summary>
    private static int? ConnectionsOn(IReadOnlySet<string> live, string places)
    {
        int? sum = null;
        foreach (var place in places.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = place.LastIndexOf('=');
            if (equals > 0 && live.Contains(place[..equals]) && int.TryParse(place.AsSpan(equals + 1), out var count)) sum = (sum ?? 0) + count;
        }
        return sum;
    }

    private static partial class Log
    {
        [LoggerMessage(2341, LogLevel.Debug, "Presence in {Channel} on other nodes is not known: {Reason}")]
        public static partial void NotKnown(ILogger logger, string channel, string reason);
    }
}
