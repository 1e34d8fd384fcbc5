using System.Diagnostics.CodeAnalysis;
using Arauto.Logs;
using Arauto.Options;
using Arauto.Protocol;

namespace Arauto.Channels;

/// <summary>Finds the rule of a channel: the rule of its whole name, else that of its longest prefix that ends in a colon. Immutable.</summary>
internal sealed class ChannelRules
{
    private readonly Dictionary<string, ChannelRule> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChannelRule>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="options">The node's options, already validated.</param>
    /// <param name="durable">The log of the store.</param>
    /// <param name="transient">The log in memory.</param>
    public ChannelRules(ArautoOptions options, IChannelLog durable, IChannelLog transient)
    {
        foreach (var (prefix, channel) in options.Channels)
        {
            if (channel.DevelopmentOnly && !options.Development) continue;
            _rules[prefix] = new ChannelRule(
                prefix,
                channel,
                channel.Durable ? durable : transient,
                channel.MessagesPerMinute ?? options.Limits.MessagesPerMinute,
                channel.MessageBurst ?? options.Limits.MessageBurst);
        }
        _lookup = _rules.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The prefixes of channels that are users' own.</summary>
    public IEnumerable<string> UserPrefixes => _rules.Values.Where(rule => rule.IsUserChannel).Select(rule => rule.Prefix);

    /// <summary>The rules of channels that other programs publish on in Redis.</summary>
    public IEnumerable<ChannelRule> External => _rules.Values.Where(rule => rule.External);

    /// <summary>The rule of a well-formed channel name.</summary>
    /// <returns><see langword="false"/> if no rule names it: the channel is unknown.</returns>
    public bool TryFind(string channel, [NotNullWhen(true)] out ChannelRule? rule)
    {
        if (_rules.TryGetValue(channel, out rule)) return !channel.EndsWith(':');
        var name = channel.AsSpan();
        // A prefix alone ("room:") is not a channel: something must follow the colon.
        for (var colon = name[..^1].LastIndexOf(':'); colon >= 0; colon = colon == 0 ? -1 : name[..colon].LastIndexOf(':'))
            if (_lookup.TryGetValue(name[..(colon + 1)], out rule)) return true;
        rule = null;
        return false;
    }

    /// <summary>The error for a channel without a rule.</summary>
    public static ProtocolError Unknown(string channel) =>
        new(ErrorCode.UnknownChannel, $"There is no channel \"{channel}\"; its prefix has no rule under \"channels\" in the configuration.");
}
