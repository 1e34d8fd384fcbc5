using System.Globalization;
using Arauto.Auth;
using Arauto.Redis;

namespace Arauto.Stores.Redis;

/// <summary>Revocations: a hash of subjects, each with the moments up to which its tokens are revoked and up to which it is kept.</summary>
internal sealed class RedisRevocationStore(IRedis redis, RedisKeys keys) : IRevocationStore
{
    private const int PageSize = 1000;
    private const string OfToken = "token:";
    private const string OfUser = "user:";

    private static readonly RedisScript Add = RedisScript.Embedded(typeof(RedisRevocationStore), "revocation-add.lua");
    private static readonly RedisScript Drop = RedisScript.Embedded(typeof(RedisRevocationStore), "revocation-drop.lua");

    /// <inheritdoc/>
    public async ValueTask AddAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        if (revocation.TokenId is null == revocation.User is null)
            throw new ArgumentException("A revocation names either a token or a user.", nameof(revocation));
        var subject = revocation.TokenId is { } token ? OfToken + token : OfUser + revocation.User;
        await redis.AskAsync(
            RedisCommand.Call(Add, [keys.Revocations], [subject, Text(revocation.IssuedBefore), Text(revocation.Until)], isReplicated: true), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Revocation>> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A scan may show an entry twice.
        var found = new Dictionary<string, Revocation>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var reply = await redis.AskAsync(new RedisCommand("HSCAN", keys.Revocations, cursor, "COUNT", PageSize), cancellationToken).ConfigureAwait(false);
            if (reply.Items.Length != 2 || reply.Items[0].AsString() is not { } next) throw Damaged();
            var over = new List<RedisArg>();
            Take(reply.Items[1].Items, now, found, over);
            if (over.Count > 0) await redis.AskAsync(RedisCommand.Call(Drop, [keys.Revocations], [.. over]), cancellationToken).ConfigureAwait(false);
            cursor = next;
        }
        while (cursor != "0");
        return [.. found.Values];
    }

    private static void Take(ReadOnlySpan<RedisReply> entries, DateTimeOffset now, Dictionary<string, Revocation> found, List<RedisArg> over)
    {
        for (var i = 0; i + 1 < entries.Length; i += 2)
        {
            var revocation = Parse(entries[i].AsString()!, entries[i + 1].AsString()!);
            if (revocation.Until > now) found[entries[i].AsString()!] = revocation;
            else over.AddRange([entries[i].Bytes, entries[i + 1].Bytes]);
        }
    }

    private static Revocation Parse(string subject, string times)
    {
        var parts = times.Split(' ');
        var isToken = subject.StartsWith(OfToken, StringComparison.Ordinal);
        if ((!isToken && !subject.StartsWith(OfUser, StringComparison.Ordinal)) || parts.Length != 2 || !TryParse(parts[0], out var before) || !TryParse(parts[1], out var until)) throw Damaged();
        return isToken ? new Revocation(subject[OfToken.Length..], null, before, until) : new Revocation(null, subject[OfUser.Length..], before, until);
    }

    private static bool TryParse(string text, out DateTimeOffset moment)
    {
        var isMoment = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks;
        moment = isMoment ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return isMoment;
    }

    /// <summary>Of equal length for every moment.</summary>
    private static string Text(DateTimeOffset moment) => moment.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private static StoreUnavailableException Damaged() => new("The revocations in Redis are damaged.");
}
