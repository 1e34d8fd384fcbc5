namespace Arauto.Transports.WebSockets;

/// <summary>What <see cref="WebSocketFrameReader.Read"/> found.</summary>
internal enum WebSocketReadKind
{
    /// <summary>Nothing complete is left in the input; everything was consumed and what is incomplete is kept.</summary>
    NeedMore,

    /// <summary>A complete text message, checked to be UTF-8.</summary>
    Text,

    /// <summary>A complete binary message.</summary>
    Binary,

    /// <summary>One more fragment of a message that is not complete yet.</summary>
    Fragment,

    /// <summary>A ping; the payload must go back in a pong.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>The peer's close frame; the payload is its reason.</summary>
    Close,

    /// <summary>The peer broke the rules; nothing after this is read.</summary>
    Violation,
}
