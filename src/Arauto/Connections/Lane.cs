using Arauto.Hubs;
using Arauto.Metrics;
using Arauto.Protocols;
using Microsoft.Extensions.Logging;

namespace Arauto.Connections;

/// <summary>
/// A single-threaded event loop. A connection belongs to one lane for life, and only the lane touches its subscriptions,
/// its outbound queue and its deadline, so none of them needs a lock.
/// </summary>
/// <remarks>
/// A lane works in turns: take everything that waits, run it, then write every touched connection once. So order is kept,
/// and load turns into larger writes instead of longer queues. Nothing that runs on a lane may block.
/// </remarks>
internal sealed partial class Lane : IDisposable
{
    private readonly ILogger _logger;
    private readonly ArautoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private readonly List<Connection> _touched = [];
    private readonly List<SharedFrame> _delivered = [];
    private LaneWork? _inbox;
    private int _sleeping;
    private volatile bool _stopping;

    public Lane(int index, TimeProvider time, ArautoMetrics metrics, ILogger logger)
    {
        Index = index;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        Audiences = new LaneAudiences(this);
        Deadlines = new DeadlineWheel(time, ComeUp);
        _thread = new Thread(Loop) { IsBackground = true, Name = $"arauto-lane-{index}" };
    }

    /// <summary>The lane's number on this node, from 0.</summary>
    public int Index { get; }

    /// <summary>The lane's part of the hub: who listens to what.</summary>
    public LaneAudiences Audiences { get; }

    /// <summary>Heartbeats, silence, missing and expiring tokens of the lane's connections.</summary>
    public DeadlineWheel Deadlines { get; }

    /// <summary>Queues of the lane's connections while they are empty.</summary>
    public OutboundQueuePool Queues { get; } = new();

    /// <summary>Memory for one <see cref="Arauto.Transports.ITransport.Send"/>; shared by the lane's connections since they flush one after the other.</summary>
    public List<ReadOnlyMemory<byte>> SendScratch { get; } = new(64);

    /// <summary>The cursor line written last; shared by connections with the same cursor.</summary>
    public CursorLines CursorLines { get; } = new();

    /// <summary>In which order messages of different channels went to sockets that recover.</summary>
    public DeliveryIndex Deliveries { get; } = new();

    /// <summary>How many connections live here; read by placement, from any thread.</summary>
    public int ConnectionCount;

    /// <summary>Whether the caller runs on this lane.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    public void Start() => _thread.Start();

    /// <summary>Adds work for the next turn. From any thread, never blocks; work of one thread runs in the order posted.</summary>
    public void Post(LaneWork work)
    {
        var head = Volatile.Read(ref _inbox);
        while (true)
        {
            work.Next = head;
            var seen = Interlocked.CompareExchange(ref _inbox, work, head);
            if (seen == head) break;
            head = seen;
        }
        // The full fence of the exchange above pairs with the one in Sleep: either we see the lane asleep, or it sees the work.
        if (Volatile.Read(ref _sleeping) != 0 && Interlocked.Exchange(ref _sleeping, 0) != 0) _wake.Set();
    }

    /// <summary>Marks a connection to be flushed at the end of this turn.</summary>
    public void Touch(Connection connection) => _touched.Add(connection);

    /// <summary>Remembers that a message was handed to sockets in this turn, for the delivery metric.</summary>
    public void Delivered(SharedFrame frame)
    {
        if (frame.ReceivedAt != 0) _delivered.Add(frame);
    }

    /// <summary>What the lane does once per tick of its wheel.</summary>
    public void Tick()
    {
        Deadlines.Advance();
        Queues.Tick();
    }

    public void Dispose()
    {
        _stopping = true;
        if (Interlocked.Exchange(ref _sleeping, 0) != 0) _wake.Set();
        if (_thread.IsAlive && !IsCurrent) _thread.Join(TimeSpan.FromSeconds(5));
        _wake.Dispose();
    }

    private void ComeUp(Connection connection)
    {
        try
        {
            connection.OnDeadline();
        }
        catch (Exception e)
        {
            Log.DeadlineFailed(_logger, e, Index, connection.Id);
            connection.Abandon();
        }
    }

    private void Loop()
    {
        while (!_stopping)
        {
            var work = TakeAll();
            if (work is null)
            {
                Sleep();
                continue;
            }
            RunAll(work);
            FlushTouched();
        }
    }

    private LaneWork? TakeAll()
    {
        var newest = Interlocked.Exchange(ref _inbox, null);
        LaneWork? oldest = null;
        while (newest is not null)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }
        return oldest;
    }

    private void RunAll(LaneWork? work)
    {
        while (work is not null)
        {
            var next = work.Next;
            work.Next = null;
            try
            {
                work.Run();
            }
            catch (Exception e)
            {
                // The loop serves every other connection of the lane: it must outlive whatever one piece of work does.
                Log.WorkFailed(_logger, e, Index, work.GetType().Name);
            }
            work = next;
        }
    }

    private void FlushTouched()
    {
        // By index: a flush may close a connection, and closing may touch others.
        for (var i = 0; i < _touched.Count; i++)
        {
            var connection = _touched[i];
            try
            {
                connection.Flush();
            }
            catch (Exception e)
            {
                Log.FlushFailed(_logger, e, Index, connection.Id);
                connection.Abandon();
            }
        }
        _touched.Clear();
        foreach (var frame in _delivered) _metrics.DeliveryTook(_time.GetElapsedTime(frame.ReceivedAt));
        _delivered.Clear();
    }

    private void Sleep()
    {
        _wake.Reset();
        Interlocked.Exchange(ref _sleeping, 1);
        if (Volatile.Read(ref _inbox) is not null || _stopping)
        {
            Volatile.Write(ref _sleeping, 0);
            return;
        }
        _wake.Wait();
    }
}
