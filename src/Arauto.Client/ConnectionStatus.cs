namespace Arauto.Client;

/// <summary>A client's connection at one moment.</summary>
/// <param name="State">Where it stands.</param>
public sealed record ConnectionStatus(ConnectionState State)
{
    /// <summary>The time until the next try; only while <see cref="ConnectionState.Waiting"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why the connection ended, in words for people; only while waiting or closed.</summary>
    public string? Reason { get; init; }

    /// <summary>The server's id of the connection; only while connected.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>The user of the token, as the server read it; only while connected.</summary>
    public string? User { get; init; }

    /// <summary>The node's name; only while connected.</summary>
    public string? Node { get; init; }
}
