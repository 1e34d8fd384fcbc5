using Arauto.Backplanes.Redis;
using Arauto.Redis;

namespace Arauto.Ingestion;

/// <summary>
/// Under which key a publication enters its log. It is said in Redis before, so that whoever takes over from a node that
/// died in between repeats with the same key, and the log has the message once.
/// </summary>
internal sealed class PublicationKeys(IRedis redis, RedisNames names)
{
    /// <summary>For how long it is known; longer than others remember what they heard, and shorter than equal publications are counted.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(15);

    /// <summary>Finds the key that another node has said, or says a new one.</summary>
    /// <remarks>
    /// Also the node whose turn it is looks first: it may have been stopped for longer than its turn, and go on at this
    /// point. Both commands are sent at once, and those of one publication before those of the next.
    /// </remarks>
    /// <exception cref="RedisUnavailableException">It is not known.</exception>
    public async Task<string> FindAsync(Publication publication, string key)
    {
        var name = NameOf(publication);
        var saying = redis.ExecuteAsync(new RedisCommand("SET", name, key, "NX", "PX", Milliseconds), CancellationToken.None);
        var finding = redis.ExecuteAsync(new RedisCommand("GET", name), CancellationToken.None).AsTask();
        await saying.ConfigureAwait(false);
        return (await finding.ConfigureAwait(false)).AsString() ?? key;
    }

    private static RedisArg Milliseconds => (long)Kept.TotalMilliseconds;

    private RedisArg NameOf(Publication publication) => $"{names.Prefix}arauto:external:{publication.Digest}:{publication.Number}";
}
