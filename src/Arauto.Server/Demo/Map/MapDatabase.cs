using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;
using Microsoft.Data.Sqlite;

namespace Arauto.Server.Demo.Map;

/// <summary>The map's own database, a file beside the node's: one transaction at a time. It opens at first use, and again after a failure.</summary>
internal sealed class MapDatabase(string path, TimeProvider time) : IAsyncDisposable
{
    private const int SchemaVersion = 1;
    private const int MostWaiting = 200;
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    private readonly SqliteConnector _connector = new(path, BusyTimeout);
    private readonly SemaphoreSlim _turn = new(1);
    private MapSession? _session;
    private int _waiting;
    private bool _disposed;

    /// <summary>Runs work as one transaction, on the thread pool: a commit waits for the disk, and no request or connection may.</summary>
    /// <param name="work">What to do; everything it did counts once this returns, or nothing did.</param>
    /// <param name="cancellationToken">Ends the wait for the turn, not the work.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be used now, or too much waits for it.</exception>
    public async Task<T> RunAsync<T>(Func<MapSession, T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new StoreUnavailableException($"{MostWaiting} requests wait for the map already.");
        }
        try
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(() => Run(work), CancellationToken.None);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _disposed = true;
        _session?.Dispose();
        _session = null;
        _turn.Release();
    }

    private T Run<T>(Func<MapSession, T> work)
    {
        if (_disposed) throw new StoreUnavailableException("The map is closed.");
        try
        {
            return (_session ??= Open()).Transact(work);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            _session?.Dispose();
            _session = null;
            throw SqliteFailure.ToUnavailable(e, _connector.Path);
        }
    }

    private MapSession Open()
    {
        _connector.CreateFile();
        var connection = _connector.OpenWriter();
        try
        {
            CreateTables(connection);
            return new MapSession(connection, time);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CreateTables(SqliteConnection connection)
    {
        // Immediate: of two processes that start together one waits, and then finds the work done.
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = Query(connection, "PRAGMA user_version");
        if (version > SchemaVersion) throw new StoreUnavailableException($"The database {_connector.Path} is of a newer version of the demo: start that one, or move the file away.");
        if (version == SchemaVersion) return;
        if (Query(connection, "SELECT count(*) FROM sqlite_master") > 0) throw new StoreUnavailableException($"The database {_connector.Path} was made by another program: move the file away.");
        using var schema = new StreamReader(typeof(MapDatabase).Assembly.GetManifestResourceStream("Arauto.Server.Demo.Map.Schema.sql")!);
        using var create = new SqliteStatement(connection, schema.ReadToEnd());
        create.Execute();
        transaction.Commit();
    }

    private static long Query(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.QueryInteger()!.Value;
    }
}
