namespace Arauto.SocketIo;

/// <summary>How an event is emitted.</summary>
[Flags]
internal enum EmitFlags
{
    /// <summary>Kept, to everybody, compressed where possible.</summary>
    None = 0,

    /// <summary>Not kept, and dropped for who cannot take it at once.</summary>
    Volatile = 1,

    /// <summary>Not kept, and for this node's sockets only.</summary>
    Local = 2,

    /// <summary>Not compressed.</summary>
    Uncompressed = 4,
}
