namespace Arauto.Transports.EngineIo;

/// <summary>The first character of a packet.</summary>
internal enum EngineIoPacketType : byte
{
    /// <summary>The handshake, from the server.</summary>
    Open = (byte)'0',

    /// <summary>The session is to end.</summary>
    Close = (byte)'1',

    /// <summary>A heartbeat from the server; from the client the probe of an upgrade.</summary>
    Ping = (byte)'2',

    /// <summary>The answer to a ping.</summary>
    Pong = (byte)'3',

    /// <summary>A text message.</summary>
    Message = (byte)'4',

    /// <summary>The client goes over to this WebSocket.</summary>
    Upgrade = (byte)'5',

    /// <summary>Nothing; ends a poll.</summary>
    Noop = (byte)'6',

    /// <summary>A binary message as standard Base64.</summary>
    Binary = (byte)'b',
}
