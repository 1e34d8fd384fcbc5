using Arauto.Metrics;
using Arauto.Options;
using Microsoft.Extensions.Logging;

namespace Arauto.Connections;

/// <summary>The node's lanes and the one timer that drives all their deadlines.</summary>
internal sealed class LaneSet : IDisposable
{
    private readonly Lane[] _lanes;
    private readonly TickWork[] _ticks;
    private readonly ITimer _timer;

    public LaneSet(ArautoOptions options, TimeProvider time, ArautoMetrics metrics, ILogger<Lane> logger)
    {
        var count = options.Lanes > 0 ? options.Lanes : Math.Min(Environment.ProcessorCount, 64);
        _lanes = new Lane[count];
        _ticks = new TickWork[count];
        for (var i = 0; i < count; i++)
        {
            _lanes[i] = new Lane(i, time, metrics, logger);
            _ticks[i] = new TickWork(_lanes[i]);
            _lanes[i].Start();
        }
        _timer = time.CreateTimer(_ => Tick(), null, DeadlineWheel.Tick, DeadlineWheel.Tick);
    }

    /// <summary>How many there are.</summary>
    public int Count => _lanes.Length;

    /// <summary>A lane by number.</summary>
    public Lane this[int index] => _lanes[index];

    /// <summary>The lane for a new connection: the one with the fewest.</summary>
    public Lane Place()
    {
        var best = _lanes[0];
        foreach (var lane in _lanes)
            if (Volatile.Read(ref lane.ConnectionCount) < Volatile.Read(ref best.ConnectionCount)) best = lane;
        Interlocked.Increment(ref best.ConnectionCount);
        return best;
    }

    /// <summary>As <see cref="Place"/>, for a connection that has to live on a certain lane.</summary>
    public static Lane PlaceOn(Lane lane)
    {
        Interlocked.Increment(ref lane.ConnectionCount);
        return lane;
    }

    public void Dispose()
    {
        _timer.Dispose();
        foreach (var lane in _lanes) lane.Dispose();
    }

    private void Tick()
    {
        foreach (var tick in _ticks) tick.PostOnce();
    }

    /// <summary>One per lane, posted again only after it ran: a lane that is behind gets one tick, not a heap of them.</summary>
    private sealed class TickWork(Lane lane) : LaneWork
    {
        private int _posted;

        public void PostOnce()
        {
            if (Interlocked.Exchange(ref _posted, 1) == 0) lane.Post(this);
        }

        public override void Run()
        {
            Volatile.Write(ref _posted, 0);
            lane.Tick();
        }
    }
}
