using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Arauto.Protocol;

namespace Arauto.Auth;

/// <summary>The rights of a token's claim <c>channels</c>: <c>{"room:*":["subscribe","publish"],"broadcast":["publish"]}</c>. Immutable.</summary>
/// <remarks>
/// A name is exact or ends with one asterisk, which stands for any rest (<c>*</c> alone for every channel). Rights of all
/// entries that match add up. There is no pattern language beyond that, so a look-up costs one hash and a few comparisons.
/// </remarks>
public sealed class ChannelRights
{
    /// <summary>The most entries a claim may have.</summary>
    public const int MaxEntries = 256;

    private readonly FrozenDictionary<string, ChannelRight> _names;
    private readonly (string Prefix, ChannelRight Rights)[] _prefixes;

    private ChannelRights(FrozenDictionary<string, ChannelRight> names, (string, ChannelRight)[] prefixes)
    {
        _names = names;
        _prefixes = prefixes;
    }

    /// <summary>No rights.</summary>
    public static ChannelRights None { get; } = new(FrozenDictionary<string, ChannelRight>.Empty, []);

    /// <summary>Whether the claim allows <paramref name="right"/> (all of its flags) on <paramref name="channel"/>.</summary>
    public bool Allows(string channel, ChannelRight right)
    {
        var granted = _names.GetValueOrDefault(channel);
        foreach (var (prefix, rights) in _prefixes)
        {
            if ((granted & right) == right) break;
            if (channel.StartsWith(prefix, StringComparison.Ordinal)) granted |= rights;
        }
        return right != ChannelRight.None && (granted & right) == right;
    }

    /// <summary>Reads the claim's value.</summary>
    /// <param name="claim">The value of the claim.</param>
    /// <param name="rights">The rights.</param>
    /// <param name="problem">One sentence that says what is wrong with the claim, when the result is <see langword="false"/>.</param>
    public static bool TryParse(JsonElement claim, [NotNullWhen(true)] out ChannelRights? rights, [NotNullWhen(false)] out string? problem)
    {
        rights = null;
        problem = null;
        if (claim.ValueKind != JsonValueKind.Object)
        {
            problem = "The token's claim \"channels\" must be an object of channel names with lists of rights.";
            return false;
        }
        var names = new Dictionary<string, ChannelRight>(StringComparer.Ordinal);
        var prefixes = new List<(string, ChannelRight)>();
        var count = 0;
        foreach (var entry in claim.EnumerateObject())
        {
            if (++count > MaxEntries)
            {
                problem = $"The token's claim \"channels\" may have at most {MaxEntries} entries.";
                return false;
            }
            var name = entry.Name;
            var isPattern = name.EndsWith('*');
            var fixedPart = isPattern ? name[..^1] : name;
            if (!(isPattern && fixedPart.Length == 0) && !ChannelName.IsValid(fixedPart))
            {
                problem = $"Entry {count} of the token's claim \"channels\" is neither a channel's name nor one that ends with a single asterisk.";
                return false;
            }
            if (!TryParseWords(entry.Value, out var granted))
            {
                problem = $"Entry {count} of the token's claim \"channels\" must be a list of \"subscribe\" and \"publish\".";
                return false;
            }
            if (isPattern) prefixes.Add((fixedPart, granted));
            else names[name] = granted;
        }
        rights = count == 0 ? None : new ChannelRights(names.ToFrozenDictionary(StringComparer.Ordinal), [.. prefixes]);
        return true;
    }

    private static bool TryParseWords(JsonElement words, out ChannelRight rights)
    {
        rights = ChannelRight.None;
        if (words.ValueKind != JsonValueKind.Array) return false;
        foreach (var word in words.EnumerateArray())
        {
            if (word.ValueKind != JsonValueKind.String) return false;
            if (word.ValueEquals("subscribe"u8)) rights |= ChannelRight.Subscribe;
            else if (word.ValueEquals("publish"u8)) rights |= ChannelRight.Publish;
            else return false;
        }
        return true;
    }
}
