using System.Collections.Concurrent;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.Limits;

/// <summary>How fast a user may publish, over all connections and entries, per channel prefix. Service tokens have no rate. Safe for concurrent use.</summary>
internal sealed class PublishLimiter(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, KeyedTokenBuckets<string>> _byPrefix = new(StringComparer.Ordinal);

    /// <summary>Takes one message from the user's bucket.</summary>
    /// <returns>The refusal, or <see langword="null"/>.</returns>
    public ProtocolError? Check(Identity identity, ChannelRule rule)
    {
        if (identity.IsService || rule.MessagesPerMinute == 0) return null;
        var buckets = _byPrefix.GetOrAdd(
            rule.Prefix, static (_, state) => new KeyedTokenBuckets<string>(TokenRate.PerMinute(state.rule.MessagesPerMinute, state.rule.MessageBurst, state.time), state.time), (rule, time));
        return buckets.TryTake(identity.User, out var wait)
            ? null
            : new ProtocolError(ErrorCode.RateLimited, $"A user may publish {rule.MessagesPerMinute} messages a minute under \"{rule.Prefix}\" (channels.messagesPerMinute).", wait);
    }
}
