namespace Arauto.Transports.WebSockets;

/// <summary>The four opcode bits of a frame, RFC 6455 section 5.2; all other values are reserved.</summary>
internal enum WebSocketOpcode : byte
{
    /// <summary>A further fragment of the message that began before.</summary>
    Continuation = 0x0,

    /// <summary>A message, or its first fragment, in UTF-8.</summary>
    Text = 0x1,

    /// <summary>A message, or its first fragment, of bytes.</summary>
    Binary = 0x2,

    /// <summary>The end, with an optional code and reason.</summary>
    Close = 0x8,

    /// <summary>To be answered by a pong with the same payload.</summary>
    Ping = 0x9,

    /// <summary>The answer to a ping, or a sign of life nobody asked for.</summary>
    Pong = 0xA,
}
