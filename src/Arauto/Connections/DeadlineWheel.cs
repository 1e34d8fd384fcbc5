namespace Arauto.Connections;

/// <summary>
/// A hashed timer wheel: what is due within a tick shares a slot, so a connection's deadline costs one list entry and no
/// timer. Entries are not moved when a connection is heard; when one comes up, the connection says when it is due again.
/// </summary>
/// <remarks>Lane-owned. The resolution is one tick; a deadline is never met early and at most one tick late.</remarks>
internal sealed class DeadlineWheel
{
    /// <summary>The resolution: half of the second within which an expired token must take effect.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private const int Slots = 256; // 128 s: above the longest heartbeat timeout, so no entry goes round twice
    private readonly List<Connection>?[] _slots = new List<Connection>?[Slots];
    private readonly TimeProvider _time;
    private readonly Action<Connection> _comeUp;
    private readonly long _start;
    private long _ticks;

    /// <param name="time">The clock.</param>
    /// <param name="comeUp">Called with each connection that is due. Must not throw: the others of its tick would be lost.</param>
    public DeadlineWheel(TimeProvider time, Action<Connection> comeUp)
    {
        _time = time;
        _comeUp = comeUp;
        _start = time.GetTimestamp();
    }

    /// <summary>
    /// Has the connection come up when <paramref name="wait"/> has passed since <paramref name="from"/>;
    /// a deadline beyond the wheel comes up early. Replaces an earlier entry of the connection.
    /// </summary>
    /// <param name="connection">Which one.</param>
    /// <param name="from">The timestamp at which the caller looked at the clock; it may have moved on since, and the deadline must not move with it.</param>
    /// <param name="wait">How long from then.</param>
    public void Add(Connection connection, long from, TimeSpan wait)
    {
        var due = (long)Math.Ceiling((_time.GetElapsedTime(_start, from) + wait) / Tick);
        due = Math.Clamp(due, _ticks + 1, _ticks + Slots - 1);
        connection.DueTick = due;
        (_slots[due % Slots] ??= []).Add(connection);
    }

    /// <summary>Calls what is due. After a pause of the process all missed ticks are made up for.</summary>
    public void Advance()
    {
        var now = NowInTicks();
        if (now - _ticks > Slots) _ticks = now - Slots;
        while (_ticks < now)
        {
            _ticks++;
            ref var slot = ref _slots[_ticks % Slots];
            if (slot is not { Count: > 0 } due) continue;
            slot = null;
            foreach (var connection in due)
            {
                // A later Add took its place. Not "!=": after a long pause an entry comes up behind its tick.
                if (connection.DueTick > _ticks) continue;
                _comeUp(connection);
            }
        }
    }

    private long NowInTicks() => _time.GetElapsedTime(_start).Ticks / Tick.Ticks;
}
