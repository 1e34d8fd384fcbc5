using System.Threading.Tasks.Sources;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Something to be written in a group. It may run more than once before it is completed once.</summary>
internal abstract class WriteOperation
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Ended = 2;

    private int _state = Waiting;

    /// <summary>Bytes of payload it holds while it waits.</summary>
    public virtual int Size => 0;

    /// <summary>Why this operation alone failed, while its group was written; set and read by the writer.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Takes it out of the caller's hands: from here on it can no longer be cancelled.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Runs the statements. Called inside the group's transaction on the writer's thread.</summary>
    public abstract void Execute(WriterSession session);

    /// <summary>Tells the caller, after the commit or the failure.</summary>
    public abstract void Complete(Exception? failure);

    protected bool TryEnd() => Interlocked.CompareExchange(ref _state, Ended, Waiting) == Waiting;
}

/// <summary>A <see cref="WriteOperation"/> with a result, which is also the task its caller waits for: no other allocation per write.</summary>
internal abstract class WriteOperation<T> : WriteOperation, IValueTaskSource<T>
{
    // Continuations run inline: the group's callers are told in queue order by the thread that committed.
    private ManualResetValueTaskSourceCore<T> _source;
    private CancellationTokenRegistration _registration;
    private T _result = default!;

    /// <summary>The caller's wait; to be awaited once.</summary>
    public ValueTask<T> Completion => new(this, _source.Version);

    /// <summary>Lets <paramref name="cancellationToken"/> end the wait as long as the operation is queued. To be called before it is.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled) return;
        _registration = cancellationToken.UnsafeRegister(static (state, token) => ((WriteOperation<T>)state!).Cancel(token), this);
    }

    public void Unwatch() => _registration.Unregister();

    public sealed override void Execute(WriterSession session) => _result = Run(session);

    public sealed override void Complete(Exception? failure)
    {
        _registration.Unregister();
        if (failure is null) _source.SetResult(_result);
        else _source.SetException(failure);
    }

    T IValueTaskSource<T>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected abstract T Run(WriterSession session);

    private void Cancel(CancellationToken token)
    {
        if (TryEnd()) _source.SetException(new OperationCanceledException(token));
    }
}
