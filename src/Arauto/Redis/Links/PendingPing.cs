namespace Arauto.Redis.Links;

/// <summary>Makes the server say something.</summary>
internal sealed class PendingPing(long deadline) : PendingReply(Ping, deadline)
{
    /// <summary>The command.</summary>
    public static readonly RedisCommand Ping = new("PING");

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        // That something came is all that matters, and the connection knows it.
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        // Nobody waits for it: a server that stays silent is noticed by its silence.
    }

    /// <inheritdoc/>
    public override bool IsAnsweredBy(ReadOnlySpan<RedisReply> push) => IsPong(push);

    /// <summary>Whether a push is the reply: a connection for pushes that speaks RESP2 gets it as one.</summary>
    public static bool IsPong(ReadOnlySpan<RedisReply> push) => push[0].Bytes.Span.SequenceEqual("pong"u8);
}
