namespace Arauto.Connections;

/// <summary>The empty queues of a lane, for whichever connection has something to send next. Lane-owned.</summary>
/// <remarks>
/// In a turn every receiver of a message holds a queue until the turn's end, so the pool must be as large as the largest
/// audience, or a fan-out allocates a queue per receiver. A fixed bound would be too small for some node and hold memory
/// on others; so a queue stays as long as it is used, and those that nobody took for <see cref="TicksKept"/> go.
/// </remarks>
internal sealed class OutboundQueuePool
{
    /// <summary>Ticks of the lane's wheel, 10 s: a channel with a message now and then keeps its queues, a burst does not hold them for long.</summary>
    private const int TicksKept = 20;

    private readonly Stack<OutboundQueue> _queues = new();
    private int _ticks;
    private int _unused;

    /// <summary>How many wait.</summary>
    public int Count => _queues.Count;

    /// <summary>Takes an empty queue.</summary>
    public OutboundQueue Rent()
    {
        if (!_queues.TryPop(out var queue)) queue = new OutboundQueue();
        _unused = Math.Min(_unused, _queues.Count);
        return queue;
    }

    /// <summary>Gives an empty queue back; one that grew large is let go.</summary>
    public void Return(OutboundQueue queue)
    {
        if (queue.IsReusable) _queues.Push(queue);
    }

    /// <summary>Lets go of the queues that stayed here since the last time.</summary>
    public void Tick()
    {
        if (++_ticks % TicksKept != 0) return;
        for (; _unused > 0; _unused--) _queues.Pop();
        _unused = _queues.Count;
    }
}
