using Arauto.Client.Transports;

namespace Arauto.Client.Connections;

/// <summary>Decides after each end of a connection whether and when to come back. Not thread-safe; owned by the session's loop.</summary>
internal sealed class ReconnectPolicy(Backoff backoff, TimeSpan stableAfter, bool canRenewToken, TimeProvider time)
{
    private long? _openedAt;

    /// <summary>The server accepted the connection.</summary>
    public void Opened() => _openedAt = time.GetTimestamp();

    /// <summary>The wait before the next try, or <see langword="null"/> to give up.</summary>
    public TimeSpan? AfterEnd(LinkEnd end)
    {
        // A connection that is accepted and dropped at once must not reset the waits, or a server that
        // fails just after the handshake would be hammered once a second by everybody.
        if (_openedAt is { } at && time.GetElapsedTime(at) >= stableAfter) backoff.Reset();
        _openedAt = null;
        return end switch
        {
            { Kind: LinkEndKind.Refused } => null,
            { Kind: LinkEndKind.Unauthorized } when !canRenewToken => null,
            // The server is well and has named the time; doubling waits are for one that is not.
            { Kind: LinkEndKind.Moved, RetryAfter: { } after } => after + backoff.Jitter(),
            { RetryAfter: { } after } => Longer(backoff.Next(), after + backoff.Jitter()),
            _ => backoff.Next(),
        };
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
