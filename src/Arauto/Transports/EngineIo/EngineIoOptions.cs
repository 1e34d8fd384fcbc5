using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Arauto.EngineIo;

/// <summary>How one Engine.IO address behaves. Validated once when it is mapped; not changed afterwards. The defaults are those of the field.</summary>
public sealed class EngineIoOptions
{
    /// <summary>Time between a handshake or an answered ping and the next ping, 50 ms to 1 hour. Default: 25 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take to answer a ping, 50 ms to 1 hour; then the session is closed. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0500000", "01:00:00")]
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may take from the WebSocket's handshake to the end of its upgrade, 100 ms to 10 minutes. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00")]
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest body of a POST and the largest message over WebSocket in bytes, 16 to 16 777 216. Default: 1 000 000.</summary>
    [Range(16, 16 * 1024 * 1024)]
    public int MaxPayload { get; set; } = 1_000_000;

    /// <summary>
    /// How many bytes sent with <see cref="EngineIoSession.Send(string)"/> may wait for a client that does not fetch them,
    /// 65 536 to 1 073 741 824; beyond that the session is closed. Default: 4 194 304.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxBuffered { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether clients may use HTTP long polling. Default: true.</summary>
    public bool AllowPolling { get; set; } = true;

    /// <summary>Whether clients may use WebSocket. Default: true.</summary>
    public bool AllowWebSocket { get; set; } = true;

    /// <summary>Whether clients may go over from polling to WebSocket. Default: true.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>Whether permessage-deflate (RFC 7692) may be negotiated over WebSocket. Default: false.</summary>
    public bool Compression { get; set; }

    /// <summary>Origins that pages may connect from, as <c>https://app.example</c>; <c>*</c> allows any. Governs CORS and the check of handshakes. Default: none, which means the node's <c>origins</c>.</summary>
    public IList<string> Origins { get; } = [];

    /// <summary>The application's say in handshakes: <see langword="null"/> lets the client in. Default: none.</summary>
    public Func<HttpContext, ValueTask<EngineIoRefusal?>>? AllowRequest { get; set; }

    /// <summary>Called before the first answer of a session, for headers of the application's own such as <c>Set-Cookie</c>. Default: none.</summary>
    public Action<HttpContext, EngineIoSession>? OnInitialHeaders { get; set; }

    /// <summary>The name of a cookie with the session's id, for load balancers that keep a client on one node. Default: none.</summary>
    public string? CookieName { get; set; }

    /// <summary>Whether handshakes count against the node's limits: connections, and new connections per address. Default: true.</summary>
    public bool CheckLimits { get; set; } = true;
}
