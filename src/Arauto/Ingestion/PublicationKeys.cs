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

    /// <summary>Says a new key. What is asked for first is sent first.</summary>
    /// <exception cref="RedisUnavailableException">It could not be said.</exception>
    public async Task SayAsync(Publication publication, string key) =>
        await redis.ExecuteAsync(new RedisCommand("SET", NameOf(publication), key, "PX", Milliseconds), CancellationToken.None).ConfigureAwait(false);

    /// <summary>Finds the key that another node has said, or says a new one.</summary>
    /// <exception cref="RedisUnavailableException">It is not known.</exception>
    public async Task<string> FindAsync(Publication publication, string key)
    {
        await redis.ExecuteAsync(new RedisCommand("SET", NameOf(publication), key, "NX", "PX", Milliseconds), CancellationToken.None).ConfigureAwait(false);
        var said = await redis.ExecuteAsync(new RedisCommand("GET", NameOf(publication)), CancellationToken.None).ConfigureAwait(false);
        return said.AsString() ?? key;
    }

    private static RedisArg Milliseconds => (long)Kept.TotalMilliseconds;

    private RedisArg NameOf(Publication publication) => $"{names.Prefix}arauto:external:{publication.Digest}:{publication.Number}";
}
