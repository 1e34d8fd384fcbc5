using System.Collections.Concurrent;
using System.Globalization;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>Plays a Sentinel that says what a test wants.</summary>
internal sealed class ScriptedSentinel : IAsyncDisposable
{
    private readonly ConcurrentQueue<ScriptedPeer> _watchers = [];
    private readonly ScriptedRedis _server;
    private volatile Knowledge _known;

    public ScriptedSentinel(int master, long epoch)
    {
        _known = new Knowledge(master, epoch);
        _server = new ScriptedRedis(AnswerAsync);
    }

    public int Port => _server.Port;

    /// <summary>Whether it takes questions and answers none.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The address of these Sentinels for <c>--redis</c>.</summary>
    public static string Url(params IEnumerable<int> ports) => $"redis+sentinel://{string.Join(',', ports.Select(port => $"127.0.0.1:{port}"))}/{SentinelSet.MasterName}";

    /// <summary>Waits until somebody wants to hear of switches.</summary>
    public Task WatchedAsync() => Eventually.TrueAsync("the Sentinel is watched", () => !_watchers.IsEmpty);

    /// <summary>Names another master from now on, and tells nobody.</summary>
    public void Learn(int master, long epoch) => _known = new Knowledge(master, epoch);

    /// <summary>Tells of the switch to the master that it names.</summary>
    public async Task AnnounceAsync(int from)
    {
        const string Channel = "+switch-master";
        var message = $"{SentinelSet.MasterName} 127.0.0.1 {from} 127.0.0.1 {_known.Master}";
        foreach (var watcher in _watchers) await watcher.SendAsync($">3\r\n+message\r\n{Bulk(Channel)}{Bulk(message)}");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<bool> AnswerAsync(ScriptedPeer peer, string[] command)
    {
        var (master, epoch) = _known;
        switch (command)
        {
            case ["SENTINEL", ..] when IsSilent:
                return true;
            case ["SENTINEL", "get-master-addr-by-name", ..]:
                await peer.SendAsync($"*2\r\n+127.0.0.1\r\n{Bulk(master.ToString(CultureInfo.InvariantCulture))}");
                return true;
            case ["SENTINEL", "master", ..]:
                await peer.SendAsync($"*4\r\n+port\r\n+{master}\r\n+config-epoch\r\n+{epoch}\r\n");
                return true;
            case ["SUBSCRIBE", var topic]:
                await peer.SendAsync($">3\r\n+subscribe\r\n{Bulk(topic)}:1\r\n");
                _watchers.Enqueue(peer);
                return true;
            default:
                return false;
        }
    }

    private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

    private sealed record Knowledge(int Master, long Epoch);
}
