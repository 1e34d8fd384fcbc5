using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Arauto.Redis;

/// <summary>Where a Redis is and how to sign in. Immutable.</summary>
/// <remarks>
/// <c>redis://[user:password@]host[:6379][/prefix]</c>;
/// <c>redis+sentinel://[user:password@]host[:26379][,host…]/master[/prefix]</c>;
/// <c>redis+cluster://[user:password@]host[:6379][,host…][/prefix]</c>; each with TLS as <c>rediss…</c>.
/// User and password are percent-encoded and are those of the servers that hold the data; Sentinels that ask for some get the same.
/// </remarks>
internal sealed class RedisAddress
{
    /// <summary>What is accepted, for whoever has to be told.</summary>
    public const string Forms = "redis://[user:password@]host[:port][/prefix], rediss://… (TLS), redis+sentinel://host[:port],…/master[/prefix], redis+cluster://host[:port],…[/prefix]";

    private const int DefaultPort = 6379;
    private const int DefaultSentinelPort = 26379;
    private const int MaxPrefix = 64;

    private RedisAddress()
    {
    }

    /// <summary>How the servers belong together.</summary>
    public RedisTopology Topology { get; private init; }

    /// <summary>Whether connections are encrypted.</summary>
    public bool IsTls { get; private init; }

    /// <summary>The servers, or the Sentinels; at least one.</summary>
    public IReadOnlyList<DnsEndPoint> Hosts { get; private init; } = [];

    /// <summary>The master's name among the Sentinels.</summary>
    public string? MasterName { get; private init; }

    /// <summary>The user; <see langword="null"/> for the default user.</summary>
    public string? User { get; private init; }

    /// <summary>The password. Never shown.</summary>
    public string? Password { get; private init; }

    /// <summary>What stands in front of all keys and channels; empty by default.</summary>
    public string Prefix { get; private init; } = "";

    /// <summary>Reads an address.</summary>
    /// <returns><see langword="false"/> if it is none of <see cref="Forms"/>.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RedisAddress? address)
    {
        address = null;
        if (text is null || text.IndexOf("://", StringComparison.Ordinal) is var end && end < 0) return false;
        if (!TryParseScheme(text[..end], out var topology, out var isTls)) return false;
        var rest = text[(end + 3)..];
        var slash = rest.IndexOf('/');
        var path = slash < 0 ? [] : rest[(slash + 1)..].Split('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var at = authority.LastIndexOf('@');
        string? user = null, password = null;
        if (at >= 0 && !TryParseCredentials(authority[..at], out user, out password)) return false;
        var hosts = new List<DnsEndPoint>();
        foreach (var host in authority[(at + 1)..].Split(','))
        {
            if (!TryParseHost(host, topology == RedisTopology.Sentinel ? DefaultSentinelPort : DefaultPort, out var parsed)) return false;
            hosts.Add(parsed);
        }
        if (topology == RedisTopology.Single && hosts.Count != 1) return false;
        var isSentinel = topology == RedisTopology.Sentinel;
        if (isSentinel && (path.Length == 0 || path[0].Length == 0)) return false;
        var parts = isSentinel ? path[1..] : path;
        if (parts.Length > 1 || (parts.Length == 1 && !IsPrefix(parts[0]))) return false;
        address = new RedisAddress
        {
            Topology = topology,
            IsTls = isTls,
            Hosts = hosts,
            MasterName = isSentinel ? Uri.UnescapeDataString(path[0]) : null,
            User = user,
            Password = password,
            Prefix = parts.Length == 1 ? parts[0] : "",
        };
        return true;
    }

    /// <summary>The address without its secrets.</summary>
    public override string ToString()
    {
        var scheme = (IsTls ? "rediss" : "redis") + Topology switch { RedisTopology.Sentinel => "+sentinel", RedisTopology.Cluster => "+cluster", _ => "" };
        var hosts = string.Join(',', Hosts.Select(host => $"{host.Host}:{host.Port}"));
        return $"{scheme}://{hosts}{(MasterName is null ? "" : $"/{MasterName}")}{(Prefix.Length == 0 ? "" : $"/{Prefix}")}";
    }

    private static bool TryParseScheme(string scheme, out RedisTopology topology, out bool isTls)
    {
        isTls = scheme.StartsWith("rediss", StringComparison.Ordinal);
        topology = RedisTopology.Single;
        switch (isTls ? scheme["rediss".Length..] : scheme.StartsWith("redis", StringComparison.Ordinal) ? scheme["redis".Length..] : "?")
        {
            case "": return true;
            case "+sentinel": topology = RedisTopology.Sentinel; return true;
            case "+cluster": topology = RedisTopology.Cluster; return true;
            default: return false;
        }
    }

    private static bool TryParseCredentials(string text, out string? user, out string? password)
    {
        var colon = text.IndexOf(':');
        user = colon <= 0 ? null : Uri.UnescapeDataString(text[..colon]);
        password = Uri.UnescapeDataString(text[(colon + 1)..]);
        return password.Length > 0;
    }

    private static bool TryParseHost(string text, int defaultPort, [NotNullWhen(true)] out DnsEndPoint? host)
    {
        host = null;
        var colon = text.StartsWith('[') ? text.IndexOf(':', Math.Max(0, text.IndexOf(']'))) : text.IndexOf(':');
        var name = colon < 0 ? text : text[..colon];
        var port = defaultPort;
        if (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out port) || port is 0 or > 65535)) return false;
        if (name.StartsWith('[') && name.EndsWith(']')) name = name[1..^1];
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown) return false;
        host = new DnsEndPoint(name, port);
        return true;
    }

    /// <summary>No braces: they would decide where a Cluster keeps a key. No characters that mean something in a pattern.</summary>
    private static bool IsPrefix(string text) =>
        text.Length <= MaxPrefix && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
