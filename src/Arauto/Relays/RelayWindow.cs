namespace Arauto.Relays;

/// <summary>
/// How much of one direction of a relayed WebSocket may be on its way. So a client that does not read, or a handler that is
/// busy, is felt on the other node, and holds up nobody else. Not safe for concurrent use.
/// </summary>
internal sealed class RelayWindow
{
    /// <summary>What may be on its way: enough for a busy client at a round trip of some milliseconds.</summary>
    public const int Bytes = 256 * 1024;

    /// <summary>What a message costs besides its bytes, so that many small ones count too.</summary>
    private const int EntryBytes = 64;

    private long _underway;
    private bool _isWaiting;

    /// <summary>What a message of this length counts.</summary>
    public static int CostOf(int length) => length + EntryBytes;

    /// <summary>Something is sent.</summary>
    /// <returns>Whether more may follow; otherwise <see cref="Return"/> will say so.</returns>
    public bool Spend(int cost)
    {
        _underway += cost;
        _isWaiting = _underway >= Bytes;
        return !_isWaiting;
    }

    /// <summary>The other end has passed something on.</summary>
    /// <returns>Whether whoever had to wait may send again.</returns>
    public bool Return(uint cost)
    {
        _underway = Math.Max(0, _underway - cost);
        if (!_isWaiting || _underway > Bytes / 2) return false;
        _isWaiting = false;
        return true;
    }
}
