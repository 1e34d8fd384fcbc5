using System.Collections.Concurrent;
using Arauto.Stores;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>A few connections that read, away from the caller's thread. Readers never wait for the writer (WAL).</summary>
internal sealed class SqliteReaders(SqliteConnector connector, int pendingReads) : IAsyncDisposable
{
    // Reads are short and mostly from memory; more connections than this only compete for the processors.
    private const int Connections = 4;

    private readonly SemaphoreSlim _free = new(Connections);
    private readonly ConcurrentBag<ReaderSession> _idle = [];
    private int _pending;
    private bool _closed;

    /// <summary>Runs <paramref name="read"/> on a thread of the pool, inside one read transaction.</summary>
    /// <exception cref="StoreUnavailableException">Too many reads wait, the store is closed, or the medium failed.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<ReaderSession, T> read, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _pending) > pendingReads) throw new StoreUnavailableException($"{pendingReads} reads wait for the disk already.");
            await _free.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(() => Read(read), cancellationToken);
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>Waits for the reads under way and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _closed, true);
        for (var i = 0; i < Connections; i++) await _free.WaitAsync();
        while (_idle.TryTake(out var session)) session.Dispose();
        _free.Release(Connections);
    }

    private T Read<T>(Func<ReaderSession, T> read)
    {
        if (Volatile.Read(ref _closed)) throw new StoreUnavailableException("The store is closed.");
        ReaderSession? session = null;
        try
        {
            if (!_idle.TryTake(out session)) session = new ReaderSession(connector.OpenReader());
            var result = session.Read(read);
            _idle.Add(session);
            return result;
        }
        catch (Exception exception)
        {
            // The next read opens a new connection: cheaper than to find out what this one is still good for.
            session?.Dispose();
            var failure = SqliteFailure.ToUnavailable(exception, connector.Path);
            if (failure == exception) throw;
            throw failure;
        }
    }
}
