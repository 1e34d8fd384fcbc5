using Arauto.Protocol.Frames;
using Arauto.Receipts;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Delivered and read marks.</summary>
internal sealed class SqliteReceiptStore(SqliteWriter writer, SqliteReaders readers) : IReceiptStore
{
    public ValueTask<Receipt?> RaiseAsync(string channel, string user, long delivered, long read, CancellationToken cancellationToken)
    {
        read = Math.Max(read, 0);
        delivered = Math.Max(delivered, read);
        if (delivered == 0) return ValueTask.FromResult<Receipt?>(null);
        return writer.WriteAsync<Receipt?>(
            session =>
            {
                // No row comes back when the condition leaves the marks alone.
                using var rows = session.Prepare(
                    """
                    INSERT INTO receipts (channel, user, delivered, read) VALUES ($1, $2, $3, $4)
                    ON CONFLICT DO UPDATE SET delivered = max(delivered, excluded.delivered), read = max(read, excluded.read)
                      WHERE excluded.delivered > delivered OR excluded.read > read
                    RETURNING delivered, read
                    """, 4).Query(channel, user, delivered, read);
                return rows.Read() ? new Receipt(user, rows.GetInt64(0), rows.GetInt64(1)) : null;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<Receipt>> ListAsync(string channel, int limit, CancellationToken cancellationToken) => readers.ReadAsync<IReadOnlyList<Receipt>>(
        session =>
        {
            var receipts = new List<Receipt>();
            using var rows = session.Prepare("SELECT user, delivered, read FROM receipts WHERE channel = $1 ORDER BY user LIMIT $2", 2).Query(channel, (long)limit);
            while (rows.Read()) receipts.Add(new Receipt(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
            return receipts;
        },
        cancellationToken);

    public async ValueTask ResetAsync(string channel, CancellationToken cancellationToken) => await writer.WriteAsync(
        session => session.Prepare("DELETE FROM receipts WHERE channel = $1", 1).Execute(channel), cancellationToken);
}
