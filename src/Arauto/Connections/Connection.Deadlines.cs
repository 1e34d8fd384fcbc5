using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private static readonly SharedFrame Heartbeat = new(new HeartbeatFrame());

    /// <summary>The tick of the wheel at which this connection comes up; the wheel's own.</summary>
    public long DueTick { get; set; }

    /// <summary>Does what is due: heartbeat, end of a silent or unauthenticated connection, end of an expired token.</summary>
    /// <returns>When to ask again; <see langword="null"/> when the connection is over.</returns>
    public TimeSpan? OnDeadline()
    {
        if (!_isOpen || _isClosing) return null;
        var options = _node.Options;
        if (_identity is null && Since(_openedAt) >= TimeSpan.FromSeconds(options.Limits.AuthenticationSeconds))
        {
            Close(CloseCode.AuthenticationTimeout, new ProtocolError(
                ErrorCode.Unauthorized, $"No token came within {options.Limits.AuthenticationSeconds} s (limits.authenticationSeconds)."));
            return null;
        }
        if (_identity?.Expires is { } expires && expires <= _node.Time.GetUtcNow())
        {
            Close(CloseCode.TokenExpired, new ProtocolError(ErrorCode.TokenExpired, "The token has expired; connect with a new one."));
            return null;
        }
        if (_transport.HearsPeer && Since(Volatile.Read(ref _lastHeard)) >= TimeSpan.FromSeconds(options.Heartbeat.TimeoutSeconds))
        {
            Close(CloseCode.HeartbeatTimeout, null);
            return null;
        }
        if (Since(_lastHeartbeat) >= TimeSpan.FromSeconds(options.Heartbeat.IntervalSeconds)) SendHeartbeat();
        return NextDeadline();
    }

    private void SendHeartbeat()
    {
        _lastHeartbeat = _node.Time.GetTimestamp();
        if (_identity is not null) DeliverEphemeral(Heartbeat);
        Write();
        if (!_isSending && !_isClosing) _transport.Ping();
    }

    private TimeSpan NextDeadline()
    {
        var options = _node.Options;
        var next = TimeSpan.FromSeconds(options.Heartbeat.IntervalSeconds) - Since(_lastHeartbeat);
        if (_transport.HearsPeer)
        {
            var silence = TimeSpan.FromSeconds(options.Heartbeat.TimeoutSeconds) - Since(Volatile.Read(ref _lastHeard));
            if (silence < next) next = silence;
        }
        if (_identity is null)
        {
            var authentication = TimeSpan.FromSeconds(options.Limits.AuthenticationSeconds) - Since(_openedAt);
            if (authentication < next) next = authentication;
        }
        else if (_identity.Expires is { } expires)
        {
            var expiry = expires - _node.Time.GetUtcNow();
            if (expiry < next) next = expiry;
        }
        return next;
    }

    private TimeSpan Since(long timestamp) => _node.Time.GetElapsedTime(timestamp);
}
