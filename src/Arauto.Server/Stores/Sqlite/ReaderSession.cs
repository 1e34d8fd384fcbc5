using Microsoft.Data.Sqlite;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>A connection that reads, with its prepared statements. Used by one thread at a time.</summary>
internal sealed class ReaderSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    /// <summary>The prepared statement with this text; made at its first use.</summary>
    public SqliteStatement Prepare(string sql, int parameters = 0)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new SqliteStatement(connection, sql, parameters));
        return statement;
    }

    /// <summary>Runs several statements on one state of the database.</summary>
    public T Read<T>(Func<ReaderSession, T> read)
    {
        Prepare("BEGIN").Execute();
        var result = read(this);
        Prepare("COMMIT").Execute();
        return result;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        connection.Dispose();
    }
}
