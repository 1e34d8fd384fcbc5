using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Arauto.Auth;

/// <summary>A web origin (RFC 6454 section 4): scheme, host and port, in lower case and with the default port filled in, so that equality is sameness.</summary>
internal readonly record struct WebOrigin(string Scheme, string Host, int Port)
{
    private static readonly SearchValues<char> NeverInAuthority = SearchValues.Create("/\\?#@, \t");

    /// <summary>Whether the host is this machine by name or address.</summary>
    public bool IsLoopback => Host is "localhost" or "127.0.0.1" or "[::1]";

    /// <summary>Parses an origin as browsers serialise it (RFC 6454 section 6.2): <c>https://app.example:8443</c>, nothing before or behind.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WebOrigin origin)
    {
        origin = default;
        if (text is not { Length: > 0 and <= 300 } || !Uri.TryCreate(text, UriKind.Absolute, out var uri)) return false;
        if (uri.Scheme is not ("http" or "https") || uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6)) return false;
        // Uri forgives user names, paths, white space and back-slashes; an origin has none of them.
        var authority = text.AsSpan(uri.Scheme.Length);
        if (!authority.StartsWith("://") || authority[3..].ContainsAny(NeverInAuthority)) return false;
        origin = new WebOrigin(uri.Scheme, uri.IdnHost.Contains(':') ? $"[{uri.IdnHost}]" : uri.IdnHost.ToLowerInvariant(), uri.Port);
        return true;
    }
}
