using Arauto.Auth;
using Arauto.Options;
using Arauto.Server.Logging;

namespace Arauto.Server.Configuration;

/// <summary>Everything an operator can set. Read and validated once at start by <see cref="SettingsReader"/>.</summary>
internal sealed class ServerSettings
{
    /// <summary>Where clients connect. In development mode loopback only. Default: 127.0.0.1:8085.</summary>
    public ListenAddress Listen { get; set; } = new(System.Net.IPAddress.Loopback, 8085);

    /// <summary>Where Prometheus reads <c>/metrics</c>; <c>off</c> for nowhere. In development mode loopback only. Default: 127.0.0.1:9095.</summary>
    public ListenAddress? Metrics { get; set; } = new(System.Net.IPAddress.Loopback, 9095);

    /// <summary>The folder for everything that is kept; made if it is missing. Default: ./data.</summary>
    public string DataFolder { get; set; } = "./data";

    /// <summary>
    /// Where messages, rooms and receipts are kept: <c>sqlite:PATH</c>, or <c>memory:</c> to keep nothing over a restart.
    /// Default: in Redis if there is one, so that all nodes find them; otherwise sqlite:{data}/arauto.db.
    /// </summary>
    public StoreAddress? Store { get; set; }

    /// <summary>The least level of log lines: trace, debug, information, warning, error, critical, none. Default: information.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>How log lines look: <c>json</c>, one object per line, or <c>text</c>. Default: text in development mode, otherwise json.</summary>
    public LogFormat? LogFormat { get; set; }

    /// <summary>Which tokens are believed. With neither a secret nor a JWKS address the node runs in development mode.</summary>
    public AuthOptions Auth { get; } = new();

    /// <summary>The node's options.</summary>
    public ArautoOptions Arauto { get; } = new();

    /// <summary>Socket.IO.</summary>
    public SocketIoSettings SocketIo { get; } = new();

    /// <summary>The store with its default filled in.</summary>
    public StoreAddress EffectiveStore => Store ?? (Arauto.Redis is null ? StoreAddress.Sqlite(Path.Combine(DataFolder, "arauto.db")) : StoreAddress.Redis);

    /// <summary>The log format with its default filled in.</summary>
    public LogFormat EffectiveLogFormat => LogFormat ?? (Arauto.Development ? Logging.LogFormat.Text : Logging.LogFormat.Json);
}
