namespace Arauto.Protocol.Frames;

/// <summary>The answer to a command that succeeded: <c>{"type":"reply","id":…}</c> with the fields of its kind.</summary>
public abstract class ReplyFrame : ServerFrame
{
    private protected ReplyFrame()
    {
    }

    /// <summary>The command's id.</summary>
    public required long Id { get; init; }
}

/// <summary>Done; there is nothing to add.</summary>
public sealed class DoneReply : ReplyFrame;

/// <summary>The answer to <see cref="SubscribeCommand"/>. Messages after <see cref="Position"/> follow.</summary>
public sealed class SubscribeReply : ReplyFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The position from which the subscription goes on.</summary>
    public required Position Position { get; init; }

    /// <summary>The cursor as the server sent it, opaque to clients. On the server it stays <see langword="null"/>: the codec makes it from <see cref="Position"/>.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether a cursor was given and everything after it comes, without a gap.</summary>
    public required bool Resumed { get; init; }
}

/// <summary>How many nodes could be told of a message at once.</summary>
public enum Fanout
{
    /// <summary>All nodes were told.</summary>
    Full = 1,

    /// <summary>Only this node; the others find the message in the log.</summary>
    Local,

    /// <summary>Nobody yet; delivery follows from the log.</summary>
    Deferred,
}

/// <summary>The answer to <see cref="PublishCommand"/>.</summary>
public sealed class PublishReply : ReplyFrame
{
    /// <summary>What became of the message.</summary>
    public required PublishOutcome Outcome { get; init; }
}

/// <summary>What became of a published message; equal for every repetition with the same key.</summary>
/// <param name="MessageId">The message's id.</param>
/// <param name="Position">Its place in the channel's log.</param>
/// <param name="Durable">Whether it survives the loss of the process.</param>
/// <param name="Fanout">How many nodes were told at once.</param>
/// <param name="CorrelationId">The id under which logs speak of it.</param>
public sealed record PublishOutcome(Guid MessageId, Position Position, bool Durable, Fanout Fanout, string CorrelationId);

/// <summary>The answer to <see cref="EmitCommand"/>.</summary>
public sealed class EmitReply : ReplyFrame
{
    /// <summary>The arguments of the handler's acknowledgement: a JSON array as UTF-8.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}

/// <summary>The answer to <see cref="HistoryCommand"/>.</summary>
public sealed class HistoryReply : ReplyFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The messages, oldest first.</summary>
    public required IReadOnlyList<MessageFrame> Messages { get; init; }

    /// <summary>The position of the last message returned, from which to read on.</summary>
    public required Position Position { get; init; }

    /// <summary>The cursor as the server sent it, opaque to clients. On the server it stays <see langword="null"/>: the codec makes it from <see cref="Position"/>.</summary>
    public string? Cursor { get; init; }

    /// <summary>Whether there are more messages in the direction read.</summary>
    public required bool More { get; init; }
}

/// <summary>The answer to <see cref="PresenceCommand"/>.</summary>
public sealed class PresenceReply : ReplyFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Who is there, ordered by name.</summary>
    public required IReadOnlyList<PresentUser> Users { get; init; }
}

/// <summary>A user who is in a channel.</summary>
/// <param name="User">The user.</param>
/// <param name="Connections">How many connections (devices, tabs) the user has there.</param>
public sealed record PresentUser(string User, int Connections);

/// <summary>The answer to a <see cref="ReceiptCommand"/>: everybody's marks.</summary>
public sealed class ReceiptsReply : ReplyFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The marks of every user who set one, ordered by user.</summary>
    public required IReadOnlyList<Receipt> Receipts { get; init; }
}

/// <summary>A user's marks in a channel: everything up to these offsets.</summary>
/// <param name="User">The user.</param>
/// <param name="Delivered">Arrived on a device of the user.</param>
/// <param name="Read">Seen by the user; never above <paramref name="Delivered"/>.</param>
public sealed record Receipt(string User, long Delivered, long Read);

/// <summary>The answer to <see cref="AuthCommand"/>.</summary>
public sealed class AuthReply : ReplyFrame
{
    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>When the token ends; <see langword="null"/> if it does not.</summary>
    public DateTimeOffset? Expires { get; init; }
}
