using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Arauto.EngineIo;
using Microsoft.Extensions.Logging;

namespace Arauto.Transports.EngineIo;

/// <summary>The sessions of one address, and what they share.</summary>
internal sealed class EngineIoMount
{
    /// <summary>The name of HTTP long polling on the wire.</summary>
    public const string Polling = "polling";

    /// <summary>The name of WebSocket on the wire.</summary>
    public const string WebSocket = "websocket";

    private readonly ConcurrentDictionary<string, EngineIoSession> _sessions = new();
    private readonly EngineIoNode _node;

    public EngineIoMount(EngineIoNode node, string path, EngineIoOptions options, IEngineIoHandler handler, ILogger logger)
    {
        _node = node;
        Path = path;
        Options = options;
        Handler = handler;
        Logger = logger;
        node.Add(this);
    }

    /// <summary>The address, as it was mapped: the same on all nodes.</summary>
    public string Path { get; }

    public EngineIoOptions Options { get; }

    public IEngineIoHandler Handler { get; }

    public ILogger Logger { get; }

    public EngineIoDeadlines Deadlines => _node.Deadlines;

    public bool IsStopping => _node.IsStopping;

    /// <summary>How many sessions there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>Whether clients may use this transport.</summary>
    public bool Allows(string transport) => transport switch
    {
        Polling => Options.AllowPolling,
        WebSocket => Options.AllowWebSocket,
        _ => false,
    };

    /// <summary>A session that is not open yet.</summary>
    public EngineIoSession Create(EngineIoHandshake handshake) => new(this, _node.DrawId(), handshake);

    /// <summary>Finds a session that is not over at this moment.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out EngineIoSession? session) => _sessions.TryGetValue(id, out session) && !session.EndIfSilent();

    public void Add(EngineIoSession session) => _sessions.TryAdd(session.Id, session);

    public void Remove(EngineIoSession session) => _sessions.TryRemove(session.Id, out _);

    /// <summary>The data of the packet that a session begins with.</summary>
    public string OpenData(EngineIoSession session, bool canUpgrade)
    {
        var data = new EngineIoOpenData(
            session.Id,
            canUpgrade && Options is { AllowUpgrades: true, AllowWebSocket: true } ? [WebSocket] : [],
            (long)Options.PingInterval.TotalMilliseconds,
            (long)Options.PingTimeout.TotalMilliseconds,
            Options.MaxPayload);
        return JsonSerializer.Serialize(data, EngineIoJson.Default.EngineIoOpenData);
    }

    /// <summary>Closes all sessions.</summary>
    public void Stop()
    {
        foreach (var (_, session) in _sessions) session.Close(EngineIoCloseReason.ServerShuttingDown);
    }
}
