namespace Arauto.Client.Connections;

/// <summary>
/// In which order transports are tried. The last one that worked comes first, since what a network lets through changes
/// seldom; then all from the best to the one that gets through everywhere. Not thread-safe; owned by the session's loop.
/// </summary>
internal sealed class TransportOrder(TransportKind chosen)
{
    private static readonly TransportKind[] All = [TransportKind.WebSocket, TransportKind.ServerSentEvents, TransportKind.LongPolling];

    private readonly TransportKind[] _kinds = chosen == TransportKind.Auto ? All : [chosen];
    private TransportKind? _worked;

    /// <summary>The tries of one round.</summary>
    public IReadOnlyList<TransportKind> Round() => _worked is { } worked ? [worked, .. _kinds.Where(kind => kind != worked)] : _kinds;

    /// <summary>Those that are better than <paramref name="kind"/>, the best first.</summary>
    public IReadOnlyList<TransportKind> BetterThan(TransportKind kind) => [.. _kinds.TakeWhile(better => better != kind)];

    /// <summary>A connection was opened.</summary>
    public void Worked(TransportKind kind) => _worked = kind;
}
