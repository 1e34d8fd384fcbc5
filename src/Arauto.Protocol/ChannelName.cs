using System.Diagnostics.CodeAnalysis;

namespace Arauto.Protocol;

/// <summary>The grammar of channel names: 1 to 255 characters, printable, without white space, comma and asterisk.</summary>
/// <remarks>
/// The comma separates channels in query strings and the asterisk is the wildcard of patterns and rights, so neither
/// can be part of a name. The part up to and including the first colon is the prefix that selects the channel's rules.
/// </remarks>
public static class ChannelName
{
    /// <summary>The greatest length of a name, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Whether <paramref name="name"/> follows the grammar.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name)
    {
        if (name is not { Length: > 0 and <= MaxLength }) return false;
        foreach (var c in name)
            if (c is ',' or '*' || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c)) return false;
        return true;
    }

    /// <summary>The prefix with its colon (<c>room:</c>), or the whole name when it has none (<c>broadcast</c>).</summary>
    public static ReadOnlySpan<char> PrefixOf(ReadOnlySpan<char> name) => name.IndexOf(':') is var colon and >= 0 ? name[..(colon + 1)] : name;

    /// <summary>What follows the prefix (<c>42</c> of <c>user:42</c>), or the empty text.</summary>
    public static ReadOnlySpan<char> IdOf(ReadOnlySpan<char> name) => name.IndexOf(':') is var colon and >= 0 ? name[(colon + 1)..] : default;
}
