namespace Arauto.Backplanes;

/// <summary>What nodes tell each other. The numbers are on the wire and never used again.</summary>
internal enum NodeMessageKind : byte
{
    /// <summary>A revocation came into force.</summary>
    Revocation = 1,

    /// <summary>A room or its members changed.</summary>
    RoomChanged = 2,

    /// <summary>A request of an Engine.IO client whose session lives on the receiver.</summary>
    EngineIoRequest = 10,

    /// <summary>The answer to <see cref="EngineIoRequest"/>.</summary>
    EngineIoResponse = 11,

    /// <summary>Something of a WebSocket that is relayed: opened, a message, closed.</summary>
    EngineIoRelay = 12,
}
