using Microsoft.Data.Sqlite;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The connection that writes, with its prepared statements and what it remembers of the tables. Used by one thread.</summary>
internal sealed class WriterSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _dataVersion;
    private long _knownVersion = -1;

    public WriterSession(SqliteConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;

        // Immediate: takes the write lock first, so that nothing read afterwards can be out of date at the commit.
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _dataVersion = Prepare("PRAGMA data_version");
        Messages = new MessageTable(this);
        Channels = new ChannelTable(this);
        Keys = new KeyTable(this);
    }

    public ChannelTable Channels { get; }

    public MessageTable Messages { get; }

    public KeyTable Keys { get; }

    /// <summary>The time of this group, in milliseconds since 1970.</summary>
    public long Now { get; private set; }

    /// <summary>How often another process's writes made the cache start anew.</summary>
    public long ForeignWrites { get; private set; }

    /// <summary>The prepared statement with this text; made at its first use.</summary>
    public SqliteStatement Prepare(string sql, int parameters = 0)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new SqliteStatement(_connection, sql, parameters));
        return statement;
    }

    /// <summary>Takes the write lock and makes sure that what is cached is still true.</summary>
    public void Begin()
    {
        _begin.Execute();
        Now = _time.GetUtcNow().ToUnixTimeMilliseconds();

        // The data version changes when another connection, hence another process, has committed since we looked. It
        // must be asked with the lock in hand: asked before, somebody could still commit in between.
        var version = _dataVersion.QueryInteger()!.Value;
        if (version != _knownVersion)
        {
            if (_knownVersion >= 0) ForeignWrites++;
            _knownVersion = version;
            Channels.Clear();
        }

        Channels.Shrink();
    }

    /// <summary>Runs one operation so that its failure leaves no trace.</summary>
    public void ExecuteIsolated(WriteOperation operation)
    {
        Prepare("SAVEPOINT operation").Execute();
        try
        {
            operation.Execute(this);

            // Now and not at the end: if the next operation fails, the whole cache goes.
            Channels.Flush();
        }
        catch (Exception failure) when (!SqliteFailure.IsOfMedium(failure))
        {
            Prepare("ROLLBACK TO operation").Execute();
            Channels.Clear();
            operation.Fault = failure;
        }

        Prepare("RELEASE operation").Execute();
    }

    public void Commit()
    {
        Channels.Flush();
        _commit.Execute();
    }

    /// <summary>Undoes the group, if SQLite has not done so itself already.</summary>
    public void Rollback()
    {
        Channels.Clear();
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) Prepare("ROLLBACK").Execute();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _connection.Dispose();
    }
}
