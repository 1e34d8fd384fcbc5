using System.Text;

namespace Arauto.Redis;

/// <summary>A reply. Immutable; its memory is the receiver's.</summary>
internal readonly struct RedisReply
{
    private readonly RedisReply[]? _items;

    private RedisReply(RedisReplyKind kind, ReadOnlyMemory<byte> bytes, long number, RedisReply[]? items)
    {
        Kind = kind;
        Bytes = bytes;
        Integer = number;
        _items = items;
    }

    /// <summary>What it is.</summary>
    public RedisReplyKind Kind { get; }

    /// <summary>The bytes of a text or an error; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The number of an integer; 0 otherwise.</summary>
    public long Integer { get; }

    /// <summary>The items of an array; none otherwise.</summary>
    public ReadOnlySpan<RedisReply> Items => _items;

    /// <summary>Whether there is nothing.</summary>
    public bool IsNull => Kind == RedisReplyKind.Null;

    /// <summary>Nothing.</summary>
    public static RedisReply Null => default;

    /// <summary>Bytes.</summary>
    public static RedisReply Text(ReadOnlyMemory<byte> bytes) => new(RedisReplyKind.Text, bytes, 0, null);

    /// <summary>An integer.</summary>
    public static RedisReply Number(long value) => new(RedisReplyKind.Integer, default, value, null);

    /// <summary>An array.</summary>
    public static RedisReply Array(RedisReply[] items) => new(RedisReplyKind.Array, default, 0, items);

    /// <summary>An error.</summary>
    public static RedisReply Error(ReadOnlyMemory<byte> message) => new(RedisReplyKind.Error, message, 0, null);

    /// <summary>A text as a string; <see langword="null"/> for nothing.</summary>
    /// <exception cref="RedisException">It is something else.</exception>
    public string? AsString() => Kind switch
    {
        RedisReplyKind.Null => null,
        RedisReplyKind.Text => Encoding.UTF8.GetString(Bytes.Span),
        _ => throw Unexpected("a string"),
    };

    /// <summary>An integer, also one that stands in a string.</summary>
    /// <exception cref="RedisException">It is something else.</exception>
    public long AsInteger()
    {
        if (Kind == RedisReplyKind.Integer) return Integer;
        return Kind == RedisReplyKind.Text && long.TryParse(Bytes.Span, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Unexpected("an integer");
    }

    private RedisException Unexpected(string what) => new($"ERR The reply is {Kind} where {what} was due.");
}
