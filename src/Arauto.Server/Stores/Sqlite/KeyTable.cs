using Arauto.Logs;
using Arauto.Protocol;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The table <c>idempotency_keys</c>, as the writer uses it.</summary>
internal sealed class KeyTable(WriterSession session)
{
    /// <summary>The result of the first append with this key, if it is still remembered.</summary>
    public AppendResult? Find(ChannelRow channel, string key)
    {
        using var rows = session.Prepare(
            "SELECT message_id, offset, correlation_id FROM idempotency_keys WHERE channel_id = $1 AND key = $2 AND expires_at > $3", 3)
            .Query(channel.Id, key, session.Now);
        if (!rows.Read()) return null;
        var id = new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true);
        var correlationId = rows.IsDBNull(2) ? id.ToString("D") : rows.GetString(2);
        return new AppendResult(id, new Position(channel.Epoch, rows.GetInt64(1)), correlationId, IsDuplicate: true, IsDurable: true);
    }

    public void Insert(long channelId, long offset, AppendRequest request, TimeSpan window) => session.Prepare(
        "INSERT OR REPLACE INTO idempotency_keys (channel_id, key, message_id, offset, correlation_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6)", 6)
        .Execute(
            channelId,
            request.Key,
            request.Id.ToByteArray(bigEndian: true),
            offset,
            MessageTable.StoredCorrelationId(request),
            session.Now + (long)window.TotalMilliseconds);

    /// <returns>The number of keys removed, at most <paramref name="limit"/>.</returns>
    public int DeleteExpired(int limit) => session.Prepare(
        """
        DELETE FROM idempotency_keys WHERE (channel_id, key) IN
          (SELECT channel_id, key FROM idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
        """, 2).Execute(session.Now, (long)limit);
}
