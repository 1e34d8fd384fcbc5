namespace Arauto.Protocols.SocketIo;

/// <summary>The type of a packet: its first character on the wire.</summary>
internal enum SocketIoPacketKind
{
    /// <summary>Joins a namespace, or tells that it is joined.</summary>
    Connect = 0,

    /// <summary>Leaves a namespace.</summary>
    Disconnect = 1,

    /// <summary>An event.</summary>
    Event = 2,

    /// <summary>The answer to an event.</summary>
    Ack = 3,

    /// <summary>A namespace is refused.</summary>
    ConnectError = 4,

    /// <summary>An event with attachments.</summary>
    BinaryEvent = 5,

    /// <summary>An answer with attachments.</summary>
    BinaryAck = 6,
}
