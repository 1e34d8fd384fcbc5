using System.ComponentModel.DataAnnotations;
using Arauto.EngineIo;

namespace Arauto.Gateways;

/// <summary>How one Socket.IO address behaves. Validated once when it is mapped; not changed afterwards.</summary>
public sealed class SocketIoOptions
{
    /// <summary>The transport below: heartbeats, payloads, origins.</summary>
    public EngineIoOptions Engine { get; } = new();

    /// <summary>How long a client may take to enter a namespace, 100 ms to 1 hour; then its connection is closed. Default: 45 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "01:00:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Whether a client that comes back in time finds its id, rooms and data again, and gets what it missed. Default: true.</summary>
    public bool Recovery { get; set; } = true;

    /// <summary>How long a client may be away, 1 s to 1 hour. Rooms keep events as long as <c>channels</c> says for them; <c>io:</c> six minutes. Default: 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RecoveryWindow { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Clients that are away and remembered, 1 to 10,000,000; beyond that the one that went first is forgotten. Default: 100,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxAway { get; set; } = 100_000;

    /// <summary>Whether a gateway is asked again for a client that recovers. Its token is checked in any case. Default: false.</summary>
    public bool RunConnectingOnRecovery { get; set; }

    /// <summary>The most binary attachments of one packet, 0 to 1000; more closes the connection. Default: 10.</summary>
    [Range(0, 1000)]
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Events of one socket that may wait for their handlers, 1 to 10,000; beyond that nothing more is read from its client. Default: 128.</summary>
    [Range(1, 10_000)]
    public int MaxPendingEvents { get; set; } = 128;

    /// <summary>Rooms of one socket, 1 to 10,000; joining more throws. A socket in more than 64 cannot recover. Default: 1000.</summary>
    [Range(1, 10_000)]
    public int MaxRooms { get; set; } = 1000;

    /// <summary>How long the server waits for an acknowledgement when the call does not say, 10 ms to 1 hour. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "01:00:00")]
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether clients without a token, or with a text that is no JWT and so the application's own affair, are let in; their user is the socket's id. A JWT that is not valid is refused all the same. Default: false.</summary>
    public bool AllowAnonymous { get; set; }
}
