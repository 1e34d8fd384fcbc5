using System.ComponentModel.DataAnnotations;
using Arauto.Gateways;

namespace Arauto.Server.Configuration;

/// <summary>What an operator can set of <c>/socket.io/</c>.</summary>
internal sealed class SocketIoSettings
{
    /// <summary>Whether clients may use HTTP long polling. Default: true.</summary>
    public bool Polling { get; set; } = true;

    /// <summary>Seconds between pings, 1 to 3600. Default: 25.</summary>
    [Range(1, 3600)]
    public int PingIntervalSeconds { get; set; } = 25;

    /// <summary>Seconds a client may take to answer a ping, 1 to 3600. Default: 20.</summary>
    [Range(1, 3600)]
    public int PingTimeoutSeconds { get; set; } = 20;

    /// <summary>The largest body of a POST and the largest message over WebSocket in bytes, 1024 to 16777216. Default: 1000000.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int PayloadBytes { get; set; } = 1_000_000;

    /// <summary>Whether messages may be compressed over WebSocket (permessage-deflate). Default: false.</summary>
    public bool Compression { get; set; }

    /// <summary>Whether a client that comes back in time finds its id and channels again and gets what it missed. Default: true.</summary>
    public bool Recovery { get; set; } = true;

    /// <summary>Seconds a client may be away, 1 to 300. Default: 120.</summary>
    [Range(1, 300)]
    public int RecoverySeconds { get; set; } = 120;

    /// <summary>The name of a cookie with the session's id, for load balancers that keep a client on one node. Default: none.</summary>
    public string? Cookie { get; set; }

    /// <summary>Sets the library's options.</summary>
    public void Apply(SocketIoOptions options)
    {
        options.Engine.AllowPolling = Polling;
        options.Engine.PingInterval = TimeSpan.FromSeconds(PingIntervalSeconds);
        options.Engine.PingTimeout = TimeSpan.FromSeconds(PingTimeoutSeconds);
        options.Engine.MaxPayload = PayloadBytes;
        options.Engine.Compression = Compression;
        options.Engine.CookieName = Cookie;
        options.Recovery = Recovery;
        options.RecoveryWindow = TimeSpan.FromSeconds(RecoverySeconds);
    }
}
