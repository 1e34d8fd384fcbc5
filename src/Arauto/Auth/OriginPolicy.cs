using System.Collections.Frozen;

namespace Arauto.Auth;

/// <summary>Which pages may connect: the guard against other sites that use a visitor's browser (RFC 6455 section 10.2). Immutable, so safe for concurrent use.</summary>
/// <remarks>
/// Programs send no Origin and are let through: the token protects against them. In development mode the server's own
/// origin must besides be a name of this machine: otherwise a page of a site whose name is re-bound to 127.0.0.1 would be
/// "same origin" and could have tokens made.
/// </remarks>
public sealed class OriginPolicy
{
    private readonly bool _any;
    private readonly bool _development;
    private readonly FrozenSet<WebOrigin> _allowed;

    /// <summary>Takes the allow-list.</summary>
    /// <param name="origins">Origins such as <c>https://app.example</c>, or <c>*</c> for every page.</param>
    /// <param name="development">Whether pages of this machine are allowed, and pages of the server's own origin only if they are such.</param>
    /// <exception cref="ArgumentException">An entry is no origin; the validation of the options refuses it earlier.</exception>
    public OriginPolicy(IEnumerable<string> origins, bool development)
    {
        var allowed = new HashSet<WebOrigin>();
        foreach (var text in origins)
        {
            if (text == "*") _any = true;
            else if (WebOrigin.TryParse(text, out var origin)) allowed.Add(origin);
            else throw new ArgumentException($"\"{text}\" is not an origin.", nameof(origins));
        }
        _allowed = allowed.ToFrozenSet();
        _development = development;
    }

    /// <summary>Whether every page may connect.</summary>
    public bool AllowsAny => _any;

    /// <summary>Whether a request may go on.</summary>
    /// <param name="origin">The header Origin; <see langword="null"/> or empty if there is none.</param>
    /// <param name="scheme">How the client came: <c>http</c> or <c>https</c>, as a trusted proxy says or as seen here.</param>
    /// <param name="host">The header Host, with or without a port.</param>
    public bool IsAllowed(string? origin, string scheme, string? host)
    {
        if (string.IsNullOrEmpty(origin) || _any) return true;
        if (!WebOrigin.TryParse(origin, out var page)) return false; // Also "null": sandboxed pages and files.
        if (_allowed.Contains(page)) return true;
        if (_development && page.IsLoopback) return true;
        return !_development && WebOrigin.TryParse($"{scheme}://{host}", out var own) && own == page;
    }
}
