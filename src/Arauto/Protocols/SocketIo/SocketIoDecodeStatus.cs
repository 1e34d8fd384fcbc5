namespace Arauto.Protocols.SocketIo;

/// <summary>What a decoder made of a message.</summary>
internal enum SocketIoDecodeStatus
{
    /// <summary>A packet is complete.</summary>
    Packet,

    /// <summary>Attachments are still to come.</summary>
    NeedMore,

    /// <summary>An event without name and arguments, or an answer to nothing, which has no effect. Its namespace must be joined all the same.</summary>
    Ignored,

    /// <summary>Not the protocol: the session is to be closed.</summary>
    Violation,
}
