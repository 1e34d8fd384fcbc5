namespace Arauto.Client;

/// <summary>A client's connection at one moment.</summary>
/// <param name="State">Where it stands.</param>
public sealed record ConnectionStatus(ConnectionState State)
{
    /// <summary>The transport; only while connecting or connected, and never <see cref="TransportKind.Auto"/>.</summary>
    public TransportKind? Transport { get; init; }

    /// <summary>The time until the next try; only while <see cref="ConnectionState.Waiting"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why, in words for people: why the connection ended, or why a better transport than this one was not taken.</summary>
    public string? Reason { get; init; }

    /// <summary>The server's id of the connection; only while connected, and not where the transport has no connection.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>The user of the token, as the server read it, or the token says where the server does not; only while connected.</summary>
    public string? User { get; init; }

    /// <summary>The node's name; only while connected, and not where the transport has no connection.</summary>
    public string? Node { get; init; }
}
