namespace Arauto.Protocol.Frames;

/// <summary>What a client asks for in one frame of the native protocol. Immutable.</summary>
/// <remarks>The set is closed: the dispatcher is one switch over these types.</remarks>
public abstract class ClientCommand
{
    private protected ClientCommand()
    {
    }

    /// <summary>The client's number for this command, repeated in the reply or error; absent if it wants no answer.</summary>
    public long? Id { get; init; }
}

/// <summary>Adds a subscription, from now or from a cursor on.</summary>
public sealed class SubscribeCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The cursor after which to resume; <see langword="null"/> starts with the next message.</summary>
    public string? Since { get; init; }
}

/// <summary>Ends a subscription.</summary>
public sealed class UnsubscribeCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }
}

/// <summary>Publishes a message.</summary>
public sealed class PublishCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The event: becomes the message's <c>type</c>. Never a reserved word.</summary>
    public required string Event { get; init; }

    /// <summary>The payload: well-formed JSON as UTF-8, kept byte for byte. Owned by this object.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The idempotency key: a repeated publish with the same key has one effect and gets the first answer again.</summary>
    public string? Key { get; init; }

    /// <summary>The correlation id that follows the message through logs; the server makes one when absent.</summary>
    public string? CorrelationId { get; init; }
}

/// <summary>Calls an event of a gateway: code of the application that the server runs in. Answered by <see cref="EmitReply"/>.</summary>
public sealed class EmitCommand : ClientCommand
{
    /// <summary>The gateway's name, a namespace such as <c>/documents</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>The event. Nothing is published, so it may be any word.</summary>
    public required string Event { get; init; }

    /// <summary>The event's arguments: a JSON array as UTF-8, kept byte for byte. Owned by this object.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}

/// <summary>Reads kept messages of a channel.</summary>
public sealed class HistoryCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Read the newest messages before this place; excludes <see cref="After"/>.</summary>
    public HistoryBound? Before { get; init; }

    /// <summary>Read the oldest messages after this place. Without both bounds: the newest messages.</summary>
    public HistoryBound? After { get; init; }

    /// <summary>The most messages wanted, at least 1; <see langword="null"/> leaves it to the server.</summary>
    public int? Limit { get; init; }
}

/// <summary>Asks who is in a channel.</summary>
public sealed class PresenceCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }
}

/// <summary>Tells the others in a channel that the user is typing. Ephemeral: never kept, may be dropped.</summary>
public sealed class TypingCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }
}

/// <summary>Raises the user's delivered or read mark in a channel; with neither, asks for everybody's marks.</summary>
public sealed class ReceiptCommand : ClientCommand
{
    /// <summary>The channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Everything up to this offset has arrived.</summary>
    public long? Delivered { get; init; }

    /// <summary>Everything up to this offset was seen by the user; implies delivered.</summary>
    public long? Read { get; init; }
}

/// <summary>Presents a token: the first on a connection that has none, or a fresh one for a live connection.</summary>
public sealed class AuthCommand : ClientCommand
{
    /// <summary>The JWT. Never logged.</summary>
    public required string Token { get; init; }
}

/// <summary>Asks for a <c>pong</c>; shows that the client lives.</summary>
public sealed class PingCommand : ClientCommand;
