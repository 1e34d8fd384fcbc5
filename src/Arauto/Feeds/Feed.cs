using Arauto.Channels;
using Arauto.Hubs;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Microsoft.Extensions.Logging;

namespace Arauto.Feeds;

/// <summary>
/// A node's ordered reader of one channel that has subscribers here. Hints come in any order, twice or never; the lanes
/// get each message once and in offset order.
/// </summary>
/// <remarks>
/// next = deliver; older = drop; newer = read the hole from the log. The lock is held for memory work only (posting to a
/// lane's inbox is one exchange); lock order: feed, then lane inbox.
/// </remarks>
internal sealed partial class Feed(string channel, ChannelRule rule, Hub hub, ILogger logger, CancellationToken stopping)
{
    private const int PageSize = 256;

    /// <summary>How far the first message of a user is looked back from, for others whose hints are late.</summary>
    private const int LookBack = 64;

    private readonly Lock _gate = new();
    private readonly int[] _lanes = new int[hub.LaneCount];
    private TaskCompletionSource<Position>? _starting;
    private Position _position;
    private Position _firstHint;
    private long _target;
    private bool _started;
    private bool _reading;
    private int _attached;

    /// <summary>The channel.</summary>
    public string Channel { get; } = channel;

    /// <summary>The channel's rule.</summary>
    public ChannelRule Rule { get; } = rule;

    /// <summary>The user whose own channel this is, or <see langword="null"/>.</summary>
    public string? Owner { get; } = rule.IsUserChannel ? ChannelName.IdOf(channel).ToString() : null;

    /// <summary>Whether anybody listens; a feed nobody listens to is retired.</summary>
    public bool IsWanted
    {
        get
        {
            lock (_gate) return _attached > 0 || (Owner is not null && hub.IsConnected(Owner));
        }
    }

    /// <summary>Whether somebody subscribed, rather than being reached as the user whose own channel it is.</summary>
    public bool IsAttached
    {
        get
        {
            lock (_gate) return _attached > 0;
        }
    }

    /// <summary>Whether the feed was taken out of the registry; it takes no more lanes then.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>The position up to which this node has delivered, or <see langword="null"/> before it is known.</summary>
    public Position? Current
    {
        get
        {
            lock (_gate) return _started ? _position : null;
        }
    }

    /// <summary>The read of the log that is under way, or the last one; awaited at shutdown.</summary>
    public Task Repairing { get; private set; } = Task.CompletedTask;

    /// <summary>Counts a lane's audience in.</summary>
    /// <returns><see langword="false"/> if the feed was retired meanwhile and another must be taken.</returns>
    public bool TryAttach(int lane)
    {
        lock (_gate)
        {
            if (IsRetired) return false;
            _lanes[lane]++;
            _attached++;
            return true;
        }
    }

    /// <summary>Counts a lane's audience out.</summary>
    public void Detach(int lane)
    {
        lock (_gate)
        {
            _lanes[lane]--;
            _attached--;
        }
    }

    /// <summary>Ends the feed if nobody listens.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            if (_attached > 0 || _reading || _starting is not null || (Owner is not null && hub.IsConnected(Owner))) return false;
            return IsRetired = true;
        }
    }

    /// <summary>
    /// The position from which a subscriber whose lane is attached hears everything live. The first caller reads the log's
    /// top, the others wait for that read.
    /// </summary>
    public ValueTask<Position> GetPositionAsync()
    {
        TaskCompletionSource<Position> starting;
        lock (_gate)
        {
            if (_started) return ValueTask.FromResult(_position);
            if (_starting is not null) return new ValueTask<Position>(_starting.Task);
            starting = _starting = new TaskCompletionSource<Position>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return StartAsync(starting);
    }

    /// <summary>
    /// Takes the first message of a user's own channel that nobody subscribed to. Starts in front of it, or of earlier ones
    /// that came since the user did: hints of messages appended at the same time come in any order.
    /// </summary>
    public void HintFirst(SharedFrame frame, DateTimeOffset since)
    {
        TaskCompletionSource<Position>? starting = null;
        lock (_gate)
        {
            if (!_started && _starting is null) starting = _starting = new TaskCompletionSource<Position>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        Hint(frame);
        if (starting is not null) Repairing = StartBeforeAsync(frame.Message!, since, starting);
    }

    /// <summary>Starts a user's own channel that nobody subscribed to, in front of the messages taken since a moment.</summary>
    public void StartSince(DateTimeOffset since)
    {
        TaskCompletionSource<Position> starting;
        lock (_gate)
        {
            if (_started || _starting is not null) return;
            starting = _starting = new TaskCompletionSource<Position>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        Repairing = StartSinceAsync(since, starting);
    }

    /// <summary>Takes a message that was appended somewhere.</summary>
    public void Hint(SharedFrame frame)
    {
        var position = frame.Message!.Position;
        lock (_gate)
        {
            if (!_started)
            {
                // The top being read may or may not include this message; comparing with the log afterwards settles it.
                _target = Math.Max(_target, position.Offset);
                if (position.Epoch != _firstHint.Epoch || position.Offset < _firstHint.Offset) _firstHint = position;
                return;
            }
            if (position.Epoch == _position.Epoch && position.Offset <= _position.Offset) return;
            if (position.Epoch == _position.Epoch && position.Offset == _position.Offset + 1 && !_reading)
            {
                Deliver(frame);
                return;
            }
            _target = Math.Max(_target, position.Offset);
            if (_reading) return;
            _reading = true;
        }
        Repair();
    }

    /// <summary>Compares with the log's top, for hints that never came.</summary>
    public void Compare(Position top)
    {
        lock (_gate)
        {
            if (!_started || _reading) return;
            if (top.Epoch == _position.Epoch && top.Offset <= _position.Offset) return;
            _target = Math.Max(_target, top.Offset);
            _reading = true;
        }
        Repair();
    }

    /// <summary>Sends what is not kept, at once and without order against messages.</summary>
    public void PostEphemeral(SharedFrame frame, Connections.Connection? except)
    {
        lock (_gate)
        {
            for (var lane = 0; lane < _lanes.Length; lane++)
                if (_lanes[lane] > 0) hub.Lane(lane).Post(new EphemeralWork(hub.Lane(lane), Channel, frame, except));
        }
    }

    private async ValueTask<Position> StartAsync(TaskCompletionSource<Position> starting)
    {
        try
        {
            var tops = await Rule.Log.ReadTopsAsync([Channel], stopping).ConfigureAwait(false);
            if (Start(starting, tops[0])) Repair();
            return tops[0];
        }
        catch (Exception e)
        {
            lock (_gate) _starting = null;
            starting.SetException(e);
            _ = starting.Task.Exception; // seen: whoever waits gets it, and nobody may be waiting
            throw;
        }
    }

    private async Task StartBeforeAsync(MessageFrame first, DateTimeOffset since, TaskCompletionSource<Position> starting)
    {
        var start = first.Position.Offset - 1;
        try
        {
            var page = await Rule.Log.ReadBeforeAsync(Channel, first.Position.Offset, LookBack, stopping).ConfigureAwait(false);
            for (var i = page.Messages.Count - 1; i >= 0 && page.Epoch == first.Position.Epoch && page.Messages[i].Timestamp >= since; i--) start--;
        }
        catch (Exception e)
        {
            // Without the log there is no looking back; the message itself is there.
            if (e is not OperationCanceledException) Log.RepairFailed(logger, e, Channel);
        }
        if (Start(starting, first.Position with { Offset = start })) await RepairAsync().ConfigureAwait(false);
    }

    private async Task StartSinceAsync(DateTimeOffset since, TaskCompletionSource<Position> starting)
    {
        LogPage page;
        try
        {
            page = await Rule.Log.ReadBeforeAsync(Channel, long.MaxValue, LookBack, stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The next message or the next comparison starts it.
            lock (_gate) _starting = null;
            starting.SetException(e);
            _ = starting.Task.Exception; // seen: whoever waits gets it, and nobody may be waiting
            if (e is not OperationCanceledException) Log.RepairFailed(logger, e, Channel);
            return;
        }
        var start = page.Top;
        for (var i = page.Messages.Count - 1; i >= 0 && page.Messages[i].Timestamp >= since; i--) start--;
        lock (_gate)
        {
            // Whoever subscribes meanwhile begins at the top; what is in front of it is for the others.
            _target = Math.Max(_target, page.Top);
        }
        if (Start(starting, new Position(page.Epoch, start))) await RepairAsync().ConfigureAwait(false);
    }

    /// <returns>Whether hints that came meanwhile must be read from the log.</returns>
    private bool Start(TaskCompletionSource<Position> starting, Position start)
    {
        bool behind;
        lock (_gate)
        {
            // Of a user's own channel, what was told meanwhile is owed to the devices that did not subscribe, though the top includes it.
            var isOwed = Owner is not null && _firstHint.Epoch == start.Epoch && _firstHint.Offset <= start.Offset;
            _position = isOwed ? _firstHint with { Offset = _firstHint.Offset - 1 } : start;
            _started = true;
            _starting = null;
            _reading = behind = _target > _position.Offset;
        }
        starting.SetResult(start);
        return behind;
    }

    /// <summary>Under the lock.</summary>
    private void Deliver(SharedFrame frame)
    {
        _position = frame.Message!.Position;
        hub.Post(Channel, frame, _lanes, Owner);
    }

    private void Repair() => Repairing = RepairAsync();

    /// <summary>Reads from the log what lies between the feed's position and the newest hint. One at a time per feed.</summary>
    private async Task RepairAsync()
    {
        try
        {
            while (true)
            {
                Position from;
                long aimed;
                lock (_gate) (from, aimed) = (_position, _target);
                var page = await Rule.Log.ReadOnAsync(Channel, from, PageSize, stopping).ConfigureAwait(false);
                Log.HoleFilled(logger, Channel, from.Offset, page.Messages.Count);
                lock (_gate)
                {
                    Apply(page);
                    // A hint that came during the read may name a message that is not in the page; a target that did not move is one the log does not have.
                    if (page.Messages.Count == PageSize || (_target > _position.Offset && (page.Top > _position.Offset || _target > aimed))) continue;
                    _target = 0;
                    _reading = false;
                    return;
                }
            }
        }
        catch (Exception e)
        {
            // The log is away: subscribers keep what they have, the next comparison with its top tries again.
            lock (_gate) _reading = false;
            if (e is not OperationCanceledException) Log.RepairFailed(logger, e, Channel);
        }
    }

    /// <summary>Under the lock: delivers a page, and says where it leaves a gap.</summary>
    private void Apply(LogPage page)
    {
        var continuation = page.Resolve(_position);
        var gap = continuation.Announce(Channel, _position);
        _position = continuation.At;
        if (gap is not null) PostGap(gap);
        foreach (var message in page.Messages)
            if (message.Position.Offset == _position.Offset + 1) Deliver(new SharedFrame(message));
    }

    private void PostGap(GapFrame gap)
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
            if (_lanes[lane] > 0) hub.Lane(lane).Post(new GapWork(hub.Lane(lane), gap, _position));
    }
}
