using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Stores;
using Microsoft.Data.Sqlite;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The durable logs. An append completes after the commit of the group it was in, on the writer's thread.</summary>
internal sealed class SqliteChannelLog(SqliteWriter writer, SqliteReaders readers, Epoch baseEpoch, TimeSpan keyWindow) : IChannelLog
{
    private const string Columns = "offset, id, event, data, timestamp, sender, envelope";

    /// <remarks>A cancelled token ends the wait only as long as the append is queued; once its group is being written its result is told.</remarks>
    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return writer.WriteAsync(new AppendOperation(request, keyWindow), cancellationToken);
    }

    public ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return readers.ReadAsync(
            session => ReadPage(session, channel, $"SELECT {Columns} FROM messages WHERE channel_id = $1 AND offset > $2 ORDER BY offset LIMIT $3", after, limit),
            cancellationToken);
    }

    public ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return readers.ReadAsync(
            session =>
            {
                var page = ReadPage(session, channel, $"SELECT {Columns} FROM messages WHERE channel_id = $1 AND offset < $2 ORDER BY offset DESC LIMIT $3", before, limit);
                return page with { Messages = [.. page.Messages.Reverse()] };
            },
            cancellationToken);
    }

    public ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channels);
        return readers.ReadAsync(
            session =>
            {
                // One look-up per channel: here a statement is a function call, and a list of names would be parsed anew each time.
                var tops = new Position[channels.Count];
                for (var i = 0; i < tops.Length; i++)
                    tops[i] = FindChannel(session, channels[i]) is { } row ? new Position(row.Epoch, row.Top) : new Position(baseEpoch, 0);
                return tops;
            },
            cancellationToken);
    }

    public async ValueTask ResetAsync(string channel, CancellationToken cancellationToken) => await writer.WriteAsync(
        session =>
        {
            session.Channels.Reset(channel);
            return true;
        },
        cancellationToken);

    private static (long Id, Epoch Epoch, long Top, long Oldest)? FindChannel(ReaderSession session, string channel)
    {
        using var rows = session.Prepare("SELECT id, epoch, top, oldest FROM channels WHERE name = $1", 1).Query(channel);
        return rows.Read() ? (rows.GetInt64(0), new Epoch(unchecked((ulong)rows.GetInt64(1))), rows.GetInt64(2), rows.GetInt64(3)) : null;
    }

    private LogPage ReadPage(ReaderSession session, string channel, string sql, long bound, int limit)
    {
        if (FindChannel(session, channel) is not { } row) return new LogPage(baseEpoch, 1, 0, []);
        var messages = new List<MessageFrame>();
        using var rows = session.Prepare(sql, 3).Query(row.Id, bound, (long)limit);
        while (rows.Read()) messages.Add(ReadMessage(rows, channel, row.Epoch));
        return new LogPage(row.Epoch, row.Oldest, row.Top, messages);
    }

    private static MessageFrame ReadMessage(SqliteDataReader row, string channel, Epoch epoch) => new()
    {
        Channel = channel,
        Position = new Position(epoch, row.GetInt64(0)),
        Id = new Guid(row.GetFieldValue<byte[]>(1), bigEndian: true),
        Event = row.GetString(2),
        Data = row.GetFieldValue<byte[]>(3),
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        From = row.IsDBNull(5) ? null : row.GetString(5),
        Envelope = row.IsDBNull(6) ? null : ReadEnvelope(row.GetFieldValue<byte[]>(6), channel),
    };

    private static MessageEnvelope ReadEnvelope(byte[] bytes, string channel) => MessageEnvelope.TryDecode(bytes, out var envelope)
        ? envelope
        : throw new StoreUnavailableException($"A message of \"{channel}\" was written by a newer version; start that one.");
}
