using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private static readonly SharedFrame Heartbeat = new(new HeartbeatFrame());

    /// <summary>The tick of the wheel at which this connection comes up; the wheel's own.</summary>
    public long DueTick { get; set; }

    /// <summary>Does what is due: heartbeat, end of a silent or unauthenticated connection, end of an expired token. Until the connection is over it comes up again.</summary>
    public void OnDeadline()
    {
        if (!_isOpen || _isClosing) return;
        var options = _node.Options;
        if (_identity is null && Since(_openedAt) >= TimeSpan.FromSeconds(options.Limits.AuthenticationSeconds))
        {
            Close(CloseCode.AuthenticationTimeout, new ProtocolError(
                ErrorCode.Unauthorized, $"No token came within {options.Limits.AuthenticationSeconds} s (limits.authenticationSeconds)."));
            return;
        }
        if (_identity?.Expires is { } expires && expires <= _node.Time.GetUtcNow())
        {
            Close(CloseCode.TokenExpired, new ProtocolError(ErrorCode.TokenExpired, "The token has expired; connect with a new one."));
            return;
        }
        if (_transport.HearsPeer && Since(Volatile.Read(ref _lastHeard)) >= TimeSpan.FromSeconds(options.Heartbeat.TimeoutSeconds))
        {
            Close(CloseCode.HeartbeatTimeout, null);
            return;
        }
        if (Since(_lastHeartbeat) >= TimeSpan.FromSeconds(options.Heartbeat.IntervalSeconds)) SendHeartbeat();
        SetDeadline();
    }

    /// <summary>Has the wheel call when the next thing is due.</summary>
    private void SetDeadline()
    {
        // One look at the clock, before all others: if it moves on meanwhile, the deadline is early and asked again, not late.
        var now = _node.Time.GetTimestamp();
        Lane.Deadlines.Add(this, now, TimeToDeadline(now));
    }

    private void SendHeartbeat()
    {
        _lastHeartbeat = _node.Time.GetTimestamp();
        if (_identity is not null) DeliverEphemeral(Heartbeat);
        Write();
        if (!_isSending && !_isClosing) _transport.Ping();
    }

    private TimeSpan TimeToDeadline(long now)
    {
        var options = _node.Options;
        var next = Until(_lastHeartbeat, options.Heartbeat.IntervalSeconds, now);
        if (_transport.HearsPeer)
        {
            var silence = Until(Volatile.Read(ref _lastHeard), options.Heartbeat.TimeoutSeconds, now);
            if (silence < next) next = silence;
        }
        if (_identity is null)
        {
            var authentication = Until(_openedAt, options.Limits.AuthenticationSeconds, now);
            if (authentication < next) next = authentication;
        }
        else if (_identity.Expires is { } expires)
        {
            var expiry = expires - _node.Time.GetUtcNow();
            if (expiry < next) next = expiry;
        }
        return next;
    }

    private TimeSpan Until(long since, int seconds, long now) => TimeSpan.FromSeconds(seconds) - _node.Time.GetElapsedTime(since, now);

    private TimeSpan Since(long timestamp) => _node.Time.GetElapsedTime(timestamp);
}
