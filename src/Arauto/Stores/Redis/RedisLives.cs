using Arauto.Logs;

namespace Arauto.Stores.Redis;

/// <summary>How long what a channel has in Redis lives after an append, in milliseconds; 0 = for ever. Immutable.</summary>
internal sealed class RedisLives(RedisLogOptions options)
{
    private const string RoomPrefix = "room:";

    /// <summary>Two hours keep a log from coming to its end in the hour in which it began: see log.lua.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(2);

    /// <summary>Messages go by their age when somebody reads or writes; this is for channels where nobody does.</summary>
    private static readonly TimeSpan MessageMargin = TimeSpan.FromMinutes(1);

    /// <summary>The shortest life of a channel's state; also after a reset, when its epoch must be known for as long as a cursor may be there that names the one before.</summary>
    public long Shortest { get; } = StateOf(options, TimeSpan.Zero);

    /// <summary>The lives of a channel's messages and of its state.</summary>
    public (long Messages, long State) Of(string channel, Retention retention)
    {
        var messages = retention.MaxAge > TimeSpan.Zero ? retention.MaxAge + MessageMargin : TimeSpan.Zero;
        if (options.RoomLife > TimeSpan.Zero && TryGetRoom(channel, out _) && (messages == TimeSpan.Zero || messages > options.RoomLife)) messages = options.RoomLife;
        return messages == TimeSpan.Zero ? (0, 0) : (Milliseconds(messages), StateOf(options, messages));
    }

    /// <summary>The life of a channel's state whose messages live for some time.</summary>
    public static long StateOf(RedisLogOptions options, TimeSpan messages) =>
        Milliseconds((messages > options.ShortestLife ? messages : options.ShortestLife) + Margin);

    /// <summary>Whether a channel is that of a room.</summary>
    public static bool TryGetRoom(string channel, out Guid id)
    {
        id = default;
        return channel.StartsWith(RoomPrefix, StringComparison.Ordinal) && Guid.TryParseExact(channel.AsSpan(RoomPrefix.Length), "D", out id);
    }

    /// <summary>Whole milliseconds.</summary>
    public static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
