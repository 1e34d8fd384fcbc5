using Arauto.Logs;
using Arauto.Protocol;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The table <c>channels</c> with a cache in front of it. Used on the writer's thread, inside a transaction.</summary>
/// <remarks>
/// A cached row may be ahead of the table within a group and is written once at its end, however many messages the
/// channel got. The cache is true only as long as no other process writes: <see cref="WriterSession.Begin"/> sees to that.
/// </remarks>
internal sealed class ChannelTable(WriterSession session)
{
    /// <summary>The most rows one append or sweep step removes, so that no group waits long for one channel's past.</summary>
    public const int TrimRows = 1000;

    // Cached rows at which the cache starts anew: about 3 MB. Dropping all of them costs one look-up per channel.
    private const int CacheRows = 20_000;

    private const string Columns = "id, name, epoch, top, oldest, max_messages, max_age, expires_at";

    private readonly Dictionary<string, ChannelRow> _cache = new(StringComparer.Ordinal);
    private readonly List<ChannelRow> _changed = [];
    private readonly SqliteStatement _updateBounds = session.Prepare("UPDATE channels SET top = $2, oldest = $3 WHERE id = $1", 3);

    public ChannelRow FindOrCreate(string name) => Find(name) ?? Create(name, ReadBaseEpoch());

    public ChannelRow? Find(string name)
    {
        if (_cache.TryGetValue(name, out var cached)) return cached;
        return Load($"SELECT {Columns} FROM channels WHERE name = $1", name) is { } row ? Keep(row) : null;
    }

    public ChannelRow Create(string name, Epoch epoch)
    {
        var insert = session.Prepare("INSERT INTO channels (name, epoch, top, oldest, max_messages, max_age) VALUES ($1, $2, 0, 1, 0, 0) RETURNING id", 2);
        var id = insert.QueryInteger(name, unchecked((long)epoch.Value))!.Value;
        return Keep(new ChannelRow { Id = id, Name = name, Epoch = epoch, Top = 0, Oldest = 1, Retention = default, ExpiresAt = null });
    }

    /// <summary>Counts a message that was just inserted above the top, and trims by number.</summary>
    /// <remarks>
    /// By number is trimmed in batches: a channel may hold an eighth more than its bound (at most 128 messages), then
    /// the excess goes with one statement. By age trims the sweep.
    /// </remarks>
    public void Advance(ChannelRow row, AppendRequest request)
    {
        var retention = request.Retention;
        var oldest = row.Oldest;
        if (retention.MaxMessages > 0)
        {
            var excess = row.Top + 2 - oldest - retention.MaxMessages;
            if (excess > Math.Clamp(retention.MaxMessages / 8, 1, 128))
            {
                oldest += Math.Min(excess, TrimRows);
                session.Messages.DeleteBelow(row.Id, oldest);
            }
        }

        var wasEmpty = row.Oldest > row.Top;
        row.Top++;
        row.Oldest = oldest;
        MarkBounds(row);
        if (row.Retention == retention && !(wasEmpty && retention.MaxAge > TimeSpan.Zero)) return;
        row.ExpiresAt = retention.MaxAge <= TimeSpan.Zero ? null
            : wasEmpty ? request.Timestamp.ToUnixTimeMilliseconds() + (long)retention.MaxAge.TotalMilliseconds
            : session.Now; // another age than before: the sweep works it out
        row.Retention = retention;
        MarkRetention(row);
    }

    /// <summary>Takes the name off the channel's row, whose messages the sweep removes, and begins a new epoch.</summary>
    public void Reset(string name)
    {
        var old = Find(name);
        if (old is not null)
        {
            Flush();
            session.Prepare("UPDATE channels SET name = NULL, expires_at = 0 WHERE id = $1", 1).Execute(old.Id);
            _cache.Remove(name);
        }

        Create(name, Epoch.Create());
    }

    /// <summary>The ids of channels the sweep should look at, the longest due first.</summary>
    public List<long> ListDue(int limit)
    {
        var ids = new List<long>();
        using var rows = session.Prepare("SELECT id FROM channels WHERE expires_at < $1 ORDER BY expires_at LIMIT $2", 2).Query(session.Now, (long)limit);
        while (rows.Read()) ids.Add(rows.GetInt64(0));
        return ids;
    }

    /// <summary>The row with this id, cached or not.</summary>
    public ChannelRow Get(long id)
    {
        var row = Load($"SELECT {Columns} FROM channels WHERE id = $1", id) ?? throw new InvalidOperationException($"There is no channel {id}.");
        return row.Name is not null ? _cache.GetValueOrDefault(row.Name) ?? Keep(row) : row;
    }

    /// <summary>Sets what the sweep found.</summary>
    public void Trim(ChannelRow row, long oldest, long? expiresAt)
    {
        row.Oldest = oldest;
        MarkBounds(row);
        if (row.ExpiresAt == expiresAt) return;
        row.ExpiresAt = expiresAt;
        MarkRetention(row);
    }

    /// <summary>Removes a nameless row whose messages are gone.</summary>
    public void Delete(ChannelRow row) => session.Prepare("DELETE FROM channels WHERE id = $1", 1).Execute(row.Id);

    /// <summary>Writes the changed rows into the table.</summary>
    public void Flush()
    {
        foreach (var row in _changed)
        {
            if (row.BoundsChanged) _updateBounds.Execute(row.Id, row.Top, row.Oldest);
            if (row.RetentionChanged)
            {
                session.Prepare("UPDATE channels SET max_messages = $2, max_age = $3, expires_at = $4 WHERE id = $1", 4)
                    .Execute(row.Id, (long)row.Retention.MaxMessages, (long)row.Retention.MaxAge.TotalMilliseconds, row.ExpiresAt);
            }

            row.BoundsChanged = row.RetentionChanged = false;
        }

        _changed.Clear();
    }

    /// <summary>Forgets what is cached, changed or not.</summary>
    public void Clear()
    {
        _cache.Clear();
        _changed.Clear();
    }

    /// <summary>Keeps the cache within its bound. To be called between groups.</summary>
    public void Shrink()
    {
        if (_cache.Count >= CacheRows) Clear();
    }

    private Epoch ReadBaseEpoch() =>
        new(unchecked((ulong)session.Prepare("SELECT value FROM meta WHERE key = 'base_epoch'").QueryInteger()!.Value));

    private ChannelRow? Load(string sql, object key)
    {
        using var rows = session.Prepare(sql, 1).Query(key);
        if (!rows.Read()) return null;
        return new ChannelRow
        {
            Id = rows.GetInt64(0),
            Name = rows.IsDBNull(1) ? null : rows.GetString(1),
            Epoch = new Epoch(unchecked((ulong)rows.GetInt64(2))),
            Top = rows.GetInt64(3),
            Oldest = rows.GetInt64(4),
            Retention = new Retention(rows.GetInt32(5), TimeSpan.FromMilliseconds(rows.GetInt64(6))),
            ExpiresAt = rows.IsDBNull(7) ? null : rows.GetInt64(7),
        };
    }

    private ChannelRow Keep(ChannelRow row)
    {
        _cache[row.Name!] = row;
        return row;
    }

    private void MarkBounds(ChannelRow row)
    {
        if (!row.BoundsChanged && !row.RetentionChanged) _changed.Add(row);
        row.BoundsChanged = true;
    }

    private void MarkRetention(ChannelRow row)
    {
        if (!row.BoundsChanged && !row.RetentionChanged) _changed.Add(row);
        row.RetentionChanged = true;
    }
}
