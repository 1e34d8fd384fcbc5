namespace Arauto.Protocol;

/// <summary>Words that the protocol uses as <c>type</c> and that therefore cannot be published as events.</summary>
public static class ReservedWords
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "subscribe", "unsubscribe", "publish", "history", "presence", "typing", "receipt", "auth", "ping", "emit",
        "connected", "reply", "error", "pong", "heartbeat", "gap", "move",
    };

    /// <summary>The greatest length of an event's name, in characters.</summary>
    public const int MaxEventLength = 128;

    /// <summary>Whether <paramref name="word"/> is reserved.</summary>
    public static bool Contains(string word) => Words.Contains(word);

    /// <summary>Why <paramref name="name"/> cannot be the event of a message, or <see langword="null"/> if it can.</summary>
    public static ProtocolError? CheckEvent(string name)
    {
        if (name.Length is 0 or > MaxEventLength)
            return new ProtocolError(ErrorCode.InvalidMessage, $"The event must have 1 to {MaxEventLength} characters.");
        if (Words.Contains(name))
            return new ProtocolError(ErrorCode.InvalidMessage, $"\"{name}\" is a word of the protocol and cannot be an event; choose another name.");
        return null;
    }
}
