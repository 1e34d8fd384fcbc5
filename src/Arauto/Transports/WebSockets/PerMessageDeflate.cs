using Microsoft.Extensions.Primitives;

namespace Arauto.Transports.WebSockets;

/// <summary>Negotiates permessage-deflate, RFC 7692 section 7.1, from the <c>Sec-WebSocket-Extensions</c> header.</summary>
/// <remarks>
/// Both sides always start each message with a fresh window, whatever was offered: a kept window would cost an idle
/// connection 40 KB each way and forbid sharing one compressed frame between receivers.
/// </remarks>
internal static class PerMessageDeflate
{
    private const string Name = "permessage-deflate";
    private const string Accepted = Name + "; server_no_context_takeover; client_no_context_takeover";

    /// <summary>Finds the first offer that can be satisfied.</summary>
    /// <param name="offers">The header's values; each a list of extensions with parameters.</param>
    /// <returns>The extension as it must stand in the response, or <see langword="null"/> if no offer is accepted. Offers of other extensions are declined by silence.</returns>
    public static string? Negotiate(StringValues offers)
    {
        foreach (var line in offers)
        {
            foreach (var offer in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Accept(offer) is { } response) return response;
            }
        }

        return null;
    }

    /// <summary>An offer with an unknown, doubled or ill-formed parameter must be declined, section 7.1.</summary>
    private static string? Accept(string offer)
    {
        var parts = offer.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals(Name, StringComparison.OrdinalIgnoreCase)) return null;

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var response = Accepted;
        for (var i = 1; i < parts.Length; i++)
        {
            var (name, value) = SplitParameter(parts[i]);
            if (!seen.Add(name)) return null;
            switch (name.ToLowerInvariant())
            {
                case "server_no_context_takeover" or "client_no_context_takeover":
                    if (value is not null) return null;
                    break;

                case "client_max_window_bits":
                    // Any window up to the largest can be read, so a hint needs no answer.
                    if (value is not null && WindowBits(value) is null) return null;
                    break;

                case "server_max_window_bits":
                    // DeflateStream always uses the largest window; a peer that asks for a smaller one could not read it.
                    if (WindowBits(value) is not 15) return null;
                    response = Accepted + "; server_max_window_bits=15";
                    break;

                default: return null;
            }
        }

        return response;
    }

    private static (string Name, string? Value) SplitParameter(string parameter)
    {
        var equals = parameter.IndexOf('=');
        if (equals < 0) return (parameter, null);
        var value = parameter[(equals + 1)..].Trim();
        if (value is ['"', .. var quoted, '"']) value = quoted;
        return (parameter[..equals].Trim(), value);
    }

    /// <summary>8 to 15 in decimal without leading zeros, section 7.1.2.</summary>
    private static int? WindowBits(string? value) => value switch
    {
        [>= '8' and <= '9'] => value[0] - '0',
        ['1', >= '0' and <= '5'] => 10 + value[1] - '0',
        _ => null,
    };
}
