using Arauto.Stores;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The one thread that writes. Whatever waits for it goes into one transaction, hence shares one flush of the disk.</summary>
/// <remarks>
/// A group is committed first and its callers are told afterwards, in queue order and on this thread. If the medium
/// fails the whole group fails and nothing of it is there; if one operation fails, the group runs once more with each
/// operation in a savepoint, and only that one fails. After a failure the thread goes on with the next group, so the
/// store recovers by itself as soon as the medium does.
/// </remarks>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    // Groups settle by themselves at the number of publishers that wait; these bounds keep a backlog from becoming one long transaction.
    private const int GroupSize = 1000;
    private const int GroupBytes = 8 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<WriteOperation> _waiting = new();
    private readonly AutoResetEvent _signal = new(initialState: false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnector _connector;
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private WriterSession? _session;
    private long _waitingBytes;
    private bool _asleep;
    private bool _closed;
    private bool _failing;
    private long _commits;

    /// <summary>Starts the thread.</summary>
    /// <param name="session">An open connection, owned from here on.</param>
    /// <param name="connector">Opens another one after a failure.</param>
    /// <param name="options">The bounds of the queue.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SqliteWriter(WriterSession session, SqliteConnector connector, SqliteStoreOptions options, TimeProvider time, ILogger logger)
    {
        _session = session;
        _connector = connector;
        _options = options;
        _time = time;
        _logger = logger;
        new Thread(Run) { IsBackground = true, Name = "arauto-sqlite-writer" }.Start();
    }

    /// <summary>The transactions committed so far.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Queues an operation; completes after its commit.</summary>
    /// <exception cref="StoreUnavailableException">The queue is full, the store is closed, or the medium failed.</exception>
    public ValueTask<T> WriteAsync<T>(WriteOperation<T> operation, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<T>(cancellationToken);
        operation.Watch(cancellationToken);
        if (TryEnqueue(operation) is not { } refusal) return operation.Completion;
        operation.Unwatch();
        return ValueTask.FromException<T>(new StoreUnavailableException(refusal));
    }

    /// <summary>Queues a write that is rare enough to be a closure.</summary>
    public ValueTask<T> WriteAsync<T>(Func<WriterSession, T> run, CancellationToken cancellationToken) =>
        WriteAsync(new DelegateOperation<T>(run), cancellationToken);

    /// <summary>Writes what waits and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _closed = true;
        _signal.Set();
        await _ended.Task;
        _signal.Dispose();
    }

    private string? TryEnqueue(WriteOperation operation)
    {
        bool wake;
        lock (_lock)
        {
            if (_closed) return "The store is closed.";
            if (_waiting.Count >= _options.PendingWrites) return $"{_options.PendingWrites} writes wait for the disk already.";
            if (_waitingBytes > _options.PendingBytes) return $"{_options.PendingBytes} bytes wait for the disk already.";
            _waiting.Enqueue(operation);
            _waitingBytes += operation.Size;
            wake = _asleep;
            _asleep = false;
        }

        if (wake) _signal.Set();
        return null;
    }

    private void Run()
    {
        var group = new List<WriteOperation>(GroupSize);
        while (Take(group))
        {
            var failure = Write(group);
            foreach (var operation in group) operation.Complete(failure ?? Explain(operation.Fault));
            group.Clear();
        }

        _session?.Dispose();
        _ended.SetResult();
    }

    private bool Take(List<WriteOperation> group)
    {
        while (true)
        {
            lock (_lock)
            {
                var bytes = 0L;
                while (group.Count < GroupSize && bytes < GroupBytes && _waiting.TryDequeue(out var operation))
                {
                    _waitingBytes -= operation.Size;
                    if (!operation.TryTake()) continue;
                    bytes += operation.Size;
                    group.Add(operation);
                }

                if (group.Count > 0) return true;
                if (_closed) return false;
                _asleep = true;
            }

            _signal.WaitOne();
        }
    }

    private Exception? Write(List<WriteOperation> group)
    {
        try
        {
            _session ??= new WriterSession(_connector.OpenWriter(), _time);
            if (!TryCommit(_session, group)) CommitIsolated(_session, group);
            Interlocked.Increment(ref _commits);
            Log.Committed(_logger, group.Count);
            if (_failing) Log.Recovered(_logger);
            _failing = false;
            return null;
        }
        catch (Exception exception)
        {
            // Everything, because a bug in one statement must not end the only thread that writes.
            Abandon(exception);
            var failure = SqliteFailure.ToUnavailable(exception, _connector.Path);
            if (!_failing) Log.Unavailable(_logger, failure.Message, exception);
            _failing = true;
            return failure;
        }
    }

    private static bool TryCommit(WriterSession session, List<WriteOperation> group)
    {
        session.Begin();
        try
        {
            foreach (var operation in group) operation.Execute(session);
        }
        catch (Exception failure) when (!SqliteFailure.IsOfMedium(failure))
        {
            session.Rollback();
            return false;
        }

        session.Commit();
        return true;
    }

    private static void CommitIsolated(WriterSession session, List<WriteOperation> group)
    {
        session.Begin();
        foreach (var operation in group) session.ExecuteIsolated(operation);
        session.Commit();
    }

    private void Abandon(Exception failure)
    {
        try
        {
            _session?.Rollback();
            if (SqliteFailure.LeavesConnection(failure)) return;
        }
        catch (Exception exception) when (exception is Microsoft.Data.Sqlite.SqliteException or InvalidOperationException)
        {
            // The connection is of no use any more, so it goes; closing it rolls back as well.
        }

        _session?.Dispose();
        _session = null;
    }

    private Exception? Explain(Exception? fault)
    {
        if (fault is null) return null;
        Log.OperationFailed(_logger, fault);
        return SqliteFailure.ToUnavailable(fault, _connector.Path);
    }
}
