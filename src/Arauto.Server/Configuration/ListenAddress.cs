using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Arauto.Server.Configuration;

/// <summary>Where to listen: an IP address and a port; port 0 lets the system choose.</summary>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    /// <summary>What <see cref="TryParse"/> takes, in words.</summary>
    public const string Allowed = "ADDRESS:PORT with an IP address, localhost, or * for all addresses, such as 127.0.0.1:8085 or [::1]:8085";

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Parses <c>127.0.0.1:8085</c>, <c>[::1]:8085</c>, <c>localhost:8085</c>, <c>*:8085</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port)) return false;
        var host = text[..colon];
        IPAddress? ip = host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out var v6) && inner.Contains(':') ? v6 : null,
            // IPAddress.TryParse takes "1" and "0x7f.1" too; an address in a configuration is one that people recognise.
            _ => IPAddress.TryParse(host, out var v4) && v4.ToString() == host && !host.Contains(':') ? v4 : null,
        };
        if (ip is null) return false;
        address = new ListenAddress(ip, port);
        return true;
    }

    /// <summary>Whether both cannot listen at the same time.</summary>
    public bool Overlaps(ListenAddress other) => Port != 0 && Port == other.Port && (IsAny || other.IsAny || Address.Equals(other.Address));

    /// <inheritdoc/>
    public override string ToString() => $"{new IPEndPoint(Address, Port)}";

    private bool IsAny => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);
}
