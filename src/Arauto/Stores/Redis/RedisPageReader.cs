using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Redis;

namespace Arauto.Stores.Redis;

/// <summary>Makes a page of what read.lua gives. A message that is missing or cannot be read ends a page, or stands in front of it as if it had been trimmed; for one use.</summary>
/// <param name="channel">The channel.</param>
/// <param name="bound">The offset to read behind, or in front of.</param>
/// <param name="isForward">Whether behind it.</param>
internal sealed class RedisPageReader(string channel, long bound, bool isForward)
{
    private readonly List<MessageFrame> _messages = [];
    private Epoch _epoch;
    private long _top;
    private long _oldest;

    /// <summary>The channel.</summary>
    public string Channel => channel;

    /// <summary>The first offset whose message is missing or cannot be read.</summary>
    public long? Damaged { get; private set; }

    /// <summary>Reads the reply.</summary>
    /// <param name="reply">What the script gives.</param>
    /// <param name="shortestLife">The shortest life of a channel's state, in milliseconds.</param>
    /// <exception cref="RedisException">It is something else.</exception>
    public LogPage Take(in RedisReply reply, long shortestLife)
    {
        if (reply.Items.Length is not (1 or 7)) throw new RedisException("ERR The reply to a read of the log has another form.");
        _epoch = ReadEpoch(reply.Items[0]);
        if (reply.Items.Length == 1) return new LogPage(_epoch, 1, 0, []) { Beginnings = RedisEpochs.Beginnings(_epoch, shortestLife) };
        _top = reply.Items[1].AsInteger();
        _oldest = reply.Items[2].AsInteger();
        if (isForward) TakeForward(reply.Items[6].Items);
        else TakeBackward(reply.Items[6].Items);
        return new LogPage(_epoch, _oldest, _top, _messages)
        {
            Past = ReadForks(reply.Items[5].AsString() ?? ""),
            // The present life may be longer than that of a former log, which may have come and gone.
            Beginnings = RedisEpochs.Beginnings(ReadEpoch(reply.Items[3]), Math.Min(reply.Items[4].AsInteger(), shortestLife)),
        };
    }

    /// <summary>What is kept begins, for this reader, behind what is damaged in front of the page.</summary>
    private void TakeForward(ReadOnlySpan<RedisReply> entries)
    {
        var expected = Math.Max(bound == long.MaxValue ? bound : bound + 1, _oldest);
        foreach (var entry in entries)
        {
            var offset = OffsetOf(entry);
            if (offset < expected || offset > _top) continue;
            var message = Decode(offset, entry);
            if (offset != expected || message is null)
            {
                Damaged ??= expected;
                if (_messages.Count > 0) return;
                _oldest = message is null ? offset + 1 : offset;
            }
            expected = offset + 1;
            if (message is not null) _messages.Add(message);
        }
        if (_messages.Count > 0 || entries.Length > 0 || expected > _top) return;
        Damaged ??= expected;
        _oldest = _top + 1;
    }

    private void TakeBackward(ReadOnlySpan<RedisReply> entries)
    {
        var expected = Math.Min(Math.Max(bound, 1) - 1, _top);
        foreach (var entry in entries)
        {
            var offset = OffsetOf(entry);
            if (offset > expected) continue;
            var message = Decode(offset, entry);
            if (offset != expected || message is null)
            {
                Damaged ??= expected;
                if (_messages.Count > 0) break;
            }
            expected = offset - 1;
            if (message is not null) _messages.Add(message);
        }
        _messages.Reverse();
    }

    private MessageFrame? Decode(long offset, in RedisReply entry)
    {
        var fields = entry.Items[1].Items;
        return fields.Length == 4 && MessageRecord.TryDecode(channel, new Position(_epoch, offset), fields[3].Bytes, out var message) ? message : null;
    }

    private static long OffsetOf(in RedisReply entry)
    {
        if (entry.Items.Length != 2 || entry.Items[0].AsString() is not { } id || !long.TryParse(id.AsSpan(0, Math.Max(0, id.IndexOf('-', StringComparison.Ordinal))), System.Globalization.NumberStyles.None, null, out var offset))
            throw new RedisException("ERR An entry of the log has another form.");
        return offset;
    }

    private static List<Position> ReadForks(string text)
    {
        var forks = new List<Position>();
        foreach (var fork in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = fork.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !Epoch.TryParse(fork[..colon], out var epoch) || !long.TryParse(fork.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var top))
                throw new RedisException("ERR A fork of the log has another form.");
            forks.Add(new Position(epoch, top));
        }
        return forks;
    }

    private static Epoch ReadEpoch(in RedisReply reply) =>
        Epoch.TryParse(reply.AsString(), out var epoch) ? epoch : throw new RedisException("ERR An epoch of the log has another form.");
}
