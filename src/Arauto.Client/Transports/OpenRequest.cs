using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports;

/// <summary>What a transport needs to open a connection.</summary>
/// <param name="Token">The bearer token, or <see langword="null"/> to go without.</param>
/// <param name="Wanted">
/// The subscriptions as they stand, for transports whose requests name them: each from where it goes on, and with the id
/// of its command as long as that is not answered.
/// </param>
internal sealed record OpenRequest(string? Token, Func<IReadOnlyList<SubscribeCommand>> Wanted)
{
    /// <summary>The transport that was used or tried before this one.</summary>
    public TransportKind? Previous { get; init; }

    /// <summary>Whether a connection was lost before.</summary>
    public bool Reconnect { get; init; }

    /// <summary>The same for the server's metrics: parameters of an address, empty for the first try of a client.</summary>
    public string Query => (Previous is { } previous ? "previous=" + previous.WireWord() : "") + (Reconnect ? (Previous is null ? "" : "&") + "reconnect=true" : "");
}
