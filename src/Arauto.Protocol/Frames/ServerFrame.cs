namespace Arauto.Protocol.Frames;

/// <summary>What the server says in one frame of the native protocol. Immutable.</summary>
/// <remarks>The set is closed: each codec is one switch over these types.</remarks>
public abstract class ServerFrame
{
    private protected ServerFrame()
    {
    }
}

/// <summary>A message of a channel, as it is kept in the log and delivered to subscribers.</summary>
public sealed class MessageFrame : ServerFrame
{
    /// <summary>The published event, <c>type</c> on the wire.</summary>
    public required string Event { get; init; }

    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The payload: JSON as UTF-8, as it was published.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the server took the message, UTC, in milliseconds.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The message's id, a UUID version 7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The place in the channel's log.</summary>
    public required Position Position { get; init; }

    /// <summary>The user who published it; <see langword="null"/> for the server itself.</summary>
    public string? From { get; init; }

    /// <summary>
    /// The cursor as the server sent it, opaque to clients. On the server it is <see langword="null"/> where the codec makes
    /// it from <see cref="Position"/>, and set for a client that is to learn its places in several channels.
    /// </summary>
    public string? Cursor { get; init; }

    /// <summary>What it says beyond event and data; <see langword="null"/> if nothing.</summary>
    public MessageEnvelope? Envelope { get; init; }

    /// <summary>The same message for a client whose cursor is to be <paramref name="cursor"/>.</summary>
    public MessageFrame WithCursor(string cursor) => new()
    {
        Event = Event,
        Channel = Channel,
        Data = Data,
        Timestamp = Timestamp,
        Id = Id,
        Position = Position,
        From = From,
        Cursor = cursor,
        Envelope = Envelope,
    };
}

/// <summary>An event of a channel that is not kept: it has no place in the log, may be dropped, and delays nothing.</summary>
public sealed class EphemeralEventFrame : ServerFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The event.</summary>
    public required string Event { get; init; }

    /// <summary>The first argument: JSON as UTF-8.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>All arguments and whom it is not for.</summary>
    public required MessageEnvelope Envelope { get; init; }

    /// <summary>Whether it may be dropped for a connection that is behind.</summary>
    public required bool MayDrop { get; init; }
}

/// <summary>The connection is open and authenticated.</summary>
public sealed class ConnectedFrame : ServerFrame
{
    /// <summary>The connection's id.</summary>
    public required string Connection { get; init; }

    /// <summary>The user of the token.</summary>
    public required string User { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Seconds between heartbeats.</summary>
    public required int HeartbeatInterval { get; init; }

    /// <summary>Seconds of silence after which either side may take the other for dead.</summary>
    public required int HeartbeatTimeout { get; init; }
}

/// <summary>A command was refused, or something happened to the connection that the client must know.</summary>
public sealed class ErrorFrame : ServerFrame
{
    /// <summary>The command's id, if it is about one.</summary>
    public long? Id { get; init; }

    /// <summary>The catalogue's word. Text, so that a client can pass on words of a newer server.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong and how to mend it.</summary>
    public required string Message { get; init; }

    /// <summary>Seconds to wait before the next try.</summary>
    public double? RetryAfter { get; init; }

    /// <summary>The channel it is about, when no command id says so.</summary>
    public string? Channel { get; init; }
}

/// <summary>The answer to <see cref="PingCommand"/>.</summary>
public sealed class PongFrame : ServerFrame
{
    /// <summary>The command's id, if it had one.</summary>
    public long? Id { get; init; }
}

/// <summary>The server lives.</summary>
public sealed class HeartbeatFrame : ServerFrame
{
    /// <summary><c>ok</c>, or <c>draining</c> once the server is about to go.</summary>
    public string Status { get; init; } = "ok";
}

/// <summary>A user came to or left a channel.</summary>
public sealed class PresenceFrame : ServerFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary><see langword="true"/> for <c>join</c>, <see langword="false"/> for <c>leave</c>.</summary>
    public required bool Joined { get; init; }

    /// <summary>Who.</summary>
    public required string User { get; init; }
}

/// <summary>A user types in a channel.</summary>
public sealed class TypingFrame : ServerFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Who.</summary>
    public required string User { get; init; }
}

/// <summary>A user's marks in a channel rose.</summary>
public sealed class ReceiptFrame : ServerFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The user and the marks.</summary>
    public required Receipt Receipt { get; init; }
}

/// <summary>Messages between two positions do not come on this connection.</summary>
public sealed class GapFrame : ServerFrame
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The first missing offset; 0 if unknown.</summary>
    public required long From { get; init; }

    /// <summary>The last missing offset; 0 if unknown.</summary>
    public required long To { get; init; }

    /// <summary>Why.</summary>
    public required GapReason Reason { get; init; }
}

/// <summary>The server asks the client to reconnect, to another node or to this one later.</summary>
public sealed class MoveFrame : ServerFrame
{
    /// <summary>Seconds to wait before reconnecting.</summary>
    public required double After { get; init; }

    /// <summary>Why, in a word: <c>draining</c>.</summary>
    public required string Reason { get; init; }
}
