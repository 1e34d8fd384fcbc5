namespace Arauto.SocketIo;

/// <summary>
/// What handlers have to do for one socket, one after the other and off the lanes. Idle it owns no task; while something
/// waits, one piece of work of the thread pool runs it. Safe for concurrent use.
/// </summary>
/// <param name="limit">Pieces that may wait before whoever adds more is asked to wait.</param>
internal sealed class SocketInbox(int limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<Func<ValueTask>> _work = new(1);
    private TaskCompletionSource? _room;
    private bool _running;
    private bool _closed;

    /// <summary>Adds a piece. It must not throw.</summary>
    /// <returns>Completes when there is room for more.</returns>
    public ValueTask AddAsync(Func<ValueTask> work)
    {
        lock (_gate)
        {
            if (_closed) return ValueTask.CompletedTask;
            Add(work);
            if (_work.Count < limit) return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Adds the last piece; those that wait in front of it are dropped, the one that runs is let finish.</summary>
    public void Close(Func<ValueTask> last)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            _work.Clear();
            Add(last);
            (room, _room) = (_room, null);
        }
        room?.SetResult();
    }

    private void Add(Func<ValueTask> work)
    {
        _work.Enqueue(work);
        if (_running) return;
        _running = true;
        ThreadPool.UnsafeQueueUserWorkItem(static inbox => inbox.Run(), this, preferLocal: false);
    }

    private void Run() => _ = RunAsync();

    private async Task RunAsync()
    {
        while (true)
        {
            Func<ValueTask> next;
            TaskCompletionSource? room = null;
            lock (_gate)
            {
                if (!_work.TryDequeue(out next!))
                {
                    _running = false;
                    return;
                }
                if (_work.Count < limit) (room, _room) = (_room, null);
            }
            room?.SetResult();
            await next().ConfigureAwait(false);
        }
    }
}
