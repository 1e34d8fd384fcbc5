namespace Arauto.Backplanes;

/// <summary>What nodes tell each other. The numbers are on the wire and never used again.</summary>
internal enum NodeMessageKind : byte
{
    /// <summary>A revocation came into force.</summary>
    Revocation = 1,

    /// <summary>A room or its members changed.</summary>
    RoomChanged = 2,

    /// <summary>An operator asks for connections, or wants one closed.</summary>
    ConnectionQuestion = 3,

    /// <summary>What a node answers to that.</summary>
    ConnectionAnswer = 4,

    /// <summary>Some news could not be sent: whoever hears this reads again what it may have missed.</summary>
    Reload = 5,

    /// <summary>Requests and WebSockets of Engine.IO clients whose session lives on another node than the one they reached.</summary>
    EngineIo = 10,
}
