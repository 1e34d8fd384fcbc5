using System.Text.Json;
using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;
using Microsoft.Data.Sqlite;

namespace Arauto.Server.Demo.Map;

/// <summary>The map's tables on one connection. Used by one thread at a time, always within <see cref="Transact"/>.</summary>
internal sealed class MapSession(SqliteConnection connection, TimeProvider time) : IDisposable
{
    /// <summary>The most events that may wait. Beyond it edits are refused, since pages would not learn of them.</summary>
    internal const int MostWaiting = 10_000;

    private const int RemovedKept = 1_000;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    /// <summary>The number of the last change.</summary>
    public long Revision => Prepare("SELECT revision FROM map").QueryInteger()!.Value;

    /// <summary>Runs statements as one transaction: all of them count, or none.</summary>
    public T Transact<T>(Func<MapSession, T> work)
    {
        // Immediate: what is read cannot be out of date when it is written, whoever else has the file open.
        Prepare("BEGIN IMMEDIATE").Execute();
        try
        {
            var result = work(this);
            Prepare("COMMIT").Execute();
            return result;
        }
        catch
        {
            // A full disk has rolled back by itself.
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) Prepare("ROLLBACK").Execute();
            throw;
        }
    }

    /// <summary>The object with this id, unless it is not there or was removed.</summary>
    public T? Find<T>(MapKind<T> kind, string id)
        where T : MapObject
    {
        using var rows = Prepare("SELECT content FROM objects WHERE kind = $1 AND id = $2 AND NOT removed", 2).Query(kind.Word, id);
        return rows.Read() ? JsonSerializer.Deserialize(rows.GetString(0), kind.Json) : null;
    }

    /// <summary>Every object of a kind, ordered by id.</summary>
    public IReadOnlyList<T> List<T>(MapKind<T> kind)
        where T : MapObject
    {
        var list = new List<T>();
        using var rows = Prepare("SELECT content FROM objects WHERE kind = $1 AND NOT removed ORDER BY id", 1).Query(kind.Word);
        while (rows.Read()) list.Add(JsonSerializer.Deserialize(rows.GetString(0), kind.Json)!);
        return list;
    }

    /// <summary>How many objects of a kind there are.</summary>
    public long Count<T>(MapKind<T> kind)
        where T : MapObject => Prepare("SELECT count(*) FROM objects WHERE kind = $1 AND NOT removed", 1).QueryInteger(kind.Word)!.Value;

    /// <summary>Whether an object was removed not too long ago.</summary>
    public bool WasRemoved<T>(MapKind<T> kind, string id)
        where T : MapObject => Prepare("SELECT 1 FROM objects WHERE kind = $1 AND id = $2 AND removed", 2).QueryInteger(kind.Word, id) is not null;

    /// <summary>Keeps a new state of an object, and the event that tells of it.</summary>
    /// <returns>The object with the version it got.</returns>
    public T Save<T>(MapKind<T> kind, T value, string by, string @event)
        where T : MapObject
    {
        var saved = Number(kind, value, by, @event);
        Prepare("INSERT INTO objects (kind, id, version, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET version = excluded.version, content = excluded.content", 4)
            .Execute(kind.Word, saved.Id, saved.Version, JsonSerializer.Serialize(saved, kind.Json));
        return saved;
    }

    /// <summary>Removes an object, and keeps the event that tells of it.</summary>
    public T Remove<T>(MapKind<T> kind, T value, string by, string @event)
        where T : MapObject
    {
        var removed = Number(kind, value, by, @event);
        Prepare("UPDATE objects SET version = $3, removed = 1 WHERE kind = $1 AND id = $2", 3).Execute(kind.Word, removed.Id, removed.Version);
        Prepare("DELETE FROM objects WHERE kind = $1 AND removed AND id NOT IN (SELECT id FROM objects WHERE kind = $1 AND removed ORDER BY version DESC LIMIT $2)", 2)
            .Execute(kind.Word, RemovedKept);
        return removed;
    }

    /// <summary>The oldest events that wait.</summary>
    public IReadOnlyList<OutboxRow> Waiting(int most)
    {
        var list = new List<OutboxRow>();
        using var rows = Prepare("SELECT revision, key, event, data FROM outbox ORDER BY revision LIMIT $1", 1).Query(most);
        while (rows.Read()) list.Add(new OutboxRow(rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetFieldValue<byte[]>(3)));
        return list;
    }

    /// <summary>Forgets the events up to a revision: they are published.</summary>
    public int Forget(long upTo) => Prepare("DELETE FROM outbox WHERE revision <= $1", 1).Execute(upTo);

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        connection.Dispose();
    }

    private T Number<T>(MapKind<T> kind, T value, string by, string @event)
        where T : MapObject
    {
        if (Prepare("SELECT count(*) FROM outbox").QueryInteger() >= MostWaiting)
            throw new StoreUnavailableException($"{MostWaiting} changes of the map wait to be published already.");
        Prepare("UPDATE map SET revision = revision + 1").Execute();
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var numbered = value with { Version = Revision, By = by, At = now.UtcDateTime };
        Prepare("INSERT INTO outbox (revision, key, event, data) VALUES ($1, $2, $3, $4)", 4)
            .Execute(numbered.Version, $"map-{Guid.CreateVersion7(now)}", @event, JsonSerializer.SerializeToUtf8Bytes(numbered, kind.Json));
        return numbered;
    }

    private SqliteStatement Prepare(string sql, int parameters = 0)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new SqliteStatement(connection, sql, parameters));
        return statement;
    }
}
