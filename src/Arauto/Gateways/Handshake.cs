using System.Text.Json;

namespace Arauto.Gateways;

/// <summary>What a client said when it came: the first HTTP request of its connection and what it sent to join the namespace. Immutable.</summary>
public sealed class Handshake
{
    /// <summary>The query of the first request, decoded; of a repeated key the last value.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The headers of the first request (<c>extraHeaders</c> among them). Names are compared without regard to case. Contains secrets such as <c>authorization</c>: not for logs.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>What the client sent as <c>auth</c>: a JSON object, empty if it sent none. Contains secrets: not for logs.</summary>
    public required JsonElement Auth { get; init; }

    /// <summary>The client's address; behind trusted proxies the one they name.</summary>
    public required string Address { get; init; }

    /// <summary>Whether the client came over TLS.</summary>
    public required bool Secure { get; init; }

    /// <summary>Whether a page of another origin sent the request.</summary>
    public required bool XDomain { get; init; }

    /// <summary>When the first request came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Path and query of the first request.</summary>
    public required string Url { get; init; }
}
