using System.Net;
using Arauto.Options;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Where a request came from and how: as seen here, or what a trusted proxy says in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>. Immutable.</summary>
/// <remarks>The first header is read from its end: each trusted proxy vouches for the entry in front of its own, and nobody for what a client wrote itself.</remarks>
internal sealed class ClientAddress
{
    private readonly List<IPNetwork> _trusted = [];

    public ClientAddress(ArautoOptions options)
    {
        foreach (var text in options.TrustedProxies)
            _trusted.Add(IPNetwork.TryParse(text, out var network) ? network : Single(IPAddress.Parse(text)));
    }

    /// <summary>The client's address.</summary>
    public IPAddress Of(HttpContext context)
    {
        var address = Plain(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (_trusted.Count == 0) return address;
        var entries = string.Join(',', context.Request.Headers["X-Forwarded-For"].ToArray()).Split(',', StringSplitOptions.TrimEntries);
        for (var i = entries.Length - 1; i >= 0 && IsTrusted(address) && IPAddress.TryParse(entries[i], out var named); i--) address = Plain(named);
        return address;
    }

    /// <summary>How the client came, <c>http</c> or <c>https</c>: a proxy with TLS in front of this server says so, if it is trusted.</summary>
    public string SchemeOf(HttpContext context)
    {
        var seen = context.Request.Scheme;
        if (_trusted.Count == 0 || !IsTrusted(Plain(context.Connection.RemoteIpAddress ?? IPAddress.None))) return seen;
        var said = string.Join(',', context.Request.Headers["X-Forwarded-Proto"].ToArray()).Split(',', StringSplitOptions.TrimEntries)[^1];
        return said is "http" or "https" ? said : seen;
    }

    private bool IsTrusted(IPAddress address) => _trusted.Exists(network => network.Contains(address));

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
