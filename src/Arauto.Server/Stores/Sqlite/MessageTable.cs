using System.Runtime.InteropServices;
using Arauto.Logs;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The table <c>messages</c>, as the writer uses it.</summary>
internal sealed class MessageTable(WriterSession session)
{
    private readonly SqliteStatement _insert = session.Prepare(
        "INSERT INTO messages (channel_id, offset, id, event, data, timestamp, sender, correlation_id, envelope) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9);

    public void Insert(long channelId, long offset, AppendRequest request) => _insert.Execute(
        channelId,
        offset,
        request.Id.ToByteArray(bigEndian: true),
        request.Event,
        ToArray(request.Data),
        request.Timestamp.ToUnixTimeMilliseconds(),
        request.From,
        StoredCorrelationId(request),
        request.Envelope?.Encode());

    /// <summary>Removes the messages in front of <paramref name="offset"/>.</summary>
    public void DeleteBelow(long channelId, long offset) =>
        session.Prepare("DELETE FROM messages WHERE channel_id = $1 AND offset < $2", 2).Execute(channelId, offset);

    /// <summary>The first message from <paramref name="from"/> on, in front of <paramref name="end"/>, that is not older than <paramref name="cutoff"/>.</summary>
    public (long Offset, long Timestamp)? FindSince(long channelId, long from, long end, long cutoff)
    {
        using var rows = session.Prepare(
            "SELECT offset, timestamp FROM messages WHERE channel_id = $1 AND offset >= $2 AND offset < $3 AND timestamp >= $4 ORDER BY offset LIMIT 1", 4)
            .Query(channelId, from, end, cutoff);
        return rows.Read() ? (rows.GetInt64(0), rows.GetInt64(1)) : null;
    }

    /// <summary>The correlation id, or <see langword="null"/> in the common case that it is the id's own text, which costs no bytes then.</summary>
    public static string? StoredCorrelationId(AppendRequest request)
    {
        Span<char> text = stackalloc char[36];
        request.Id.TryFormat(text, out _, "D");
        return text.SequenceEqual(request.CorrelationId) ? null : request.CorrelationId;
    }

    // The library takes whole arrays only; most payloads are one.
    private static byte[] ToArray(ReadOnlyMemory<byte> data) =>
        MemoryMarshal.TryGetArray(data, out var segment) && segment.Array is { } array && segment.Count == array.Length ? array : data.ToArray();
}
