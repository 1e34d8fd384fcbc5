namespace Arauto.Redis.Links;

/// <summary>A topic that was asked for, or given up. The reply is a push, or an error. For the end of a sharded one see <see cref="PendingSunsubscribe"/>.</summary>
internal sealed class PendingSubscription(PushLink link, TopicEntry entry, RedisConnection connection, bool isWanted)
    : PendingReply(new RedisCommand(Verb(entry.Topic.Kind, isWanted), entry.Name), connection.Deadline())
{
    /// <summary>Why a connection ends: nobody knows the topic any more, so only a new one is sure to be without it.</summary>
    public const string NotGivenUp = "a topic could not be given up, or nobody answered";

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        // Neither an error nor a push: the replies are out of step, and none that follows can be believed.
        if (reply.Kind is not (RedisReplyKind.Error or RedisReplyKind.Array)) connection.Close($"it answered {Command.Name} with {reply.Kind}");
        else if (reply.Kind == RedisReplyKind.Error) link.OnRefused(connection, entry, ErrorReply.Read(reply));
        else if (isWanted) link.OnConfirmed(connection, entry);
        else link.OnGivenUp(connection, entry);
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        if (isWanted) link.OnUnanswered(connection, entry);
        else connection.CloseSoon(NotGivenUp);
    }

    /// <inheritdoc/>
    public override bool IsAnsweredBy(ReadOnlySpan<RedisReply> push) =>
        push.Length == 3 && IsVerb(push[0].Bytes.Span) && push[1].Bytes.Span.SequenceEqual(entry.Name);

    /// <summary>The server says the verb in lower case.</summary>
    private bool IsVerb(ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(word, Command.Name);

    private static string Verb(RedisTopicKind kind, bool isWanted) => kind switch
    {
        RedisTopicKind.Exact => isWanted ? "SUBSCRIBE" : "UNSUBSCRIBE",
        RedisTopicKind.Pattern => isWanted ? "PSUBSCRIBE" : "PUNSUBSCRIBE",
        _ => "SSUBSCRIBE",
    };
}
