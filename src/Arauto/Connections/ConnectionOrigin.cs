namespace Arauto.Connections;

/// <summary>Where a connection came from, for logs and operators.</summary>
/// <param name="Address">The client's address, behind trusted proxies the one they name.</param>
/// <param name="CorrelationId">The correlation id of the handshake, or <see langword="null"/>.</param>
/// <param name="StartedAt">The timestamp at which the handshake began.</param>
internal sealed record ConnectionOrigin(string Address, string? CorrelationId, long StartedAt);
