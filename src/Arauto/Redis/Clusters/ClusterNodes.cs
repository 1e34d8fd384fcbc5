using System.Net;
using Arauto.Redis.Links;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Clusters;

/// <summary>The connections to the masters of a Cluster. Safe for concurrent use.</summary>
/// <param name="options">How the client behaves.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The client's log.</param>
/// <param name="troubled">Called when a master may have been replaced.</param>
internal sealed class ClusterNodes(RedisClientOptions options, TimeProvider time, ILogger logger, Action troubled) : IAsyncDisposable
{
    /// <summary>For how long a node without slots is kept: while a slot is on its way there, commands are sent to it already.</summary>
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private readonly RedisConnector _connector = new(options, time);
    private readonly Dictionary<DnsEndPoint, ClusterNode> _nodes = [];
    private readonly List<Task> _closing = [];
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>All that have connections now.</summary>
    public ClusterNode[] All
    {
        get
        {
            lock (_gate) return [.. _nodes.Values];
        }
    }

    /// <summary>The node at an address; connected to if it is not known.</summary>
    /// <exception cref="RedisUnavailableException">The client is closed.</exception>
    public ClusterNode Get(DnsEndPoint host)
    {
        lock (_gate)
        {
            if (_isClosed) throw new RedisUnavailableException("The client is closed.");
            if (!_nodes.TryGetValue(host, out var node))
            {
                var servers = new ServerPair(new FixedServer(host), _connector, options, time, logger, troubled);
                _nodes.Add(host, node = new ClusterNode(host, servers));
                servers.Start();
            }
            node.UsedAt = time.GetTimestamp();
            return node;
        }
    }

    /// <summary>Gives up nodes that have no slots and were not used for a while.</summary>
    public void GiveUpAllBut(IReadOnlyList<ClusterNode> masters)
    {
        lock (_gate)
        {
            _closing.RemoveAll(closing => closing.IsCompleted);
            foreach (var node in _nodes.Values.ToArray())
            {
                if (masters.Contains(node) || time.GetElapsedTime(node.UsedAt) < IdleLife) continue;
                _nodes.Remove(node.Host);
                _closing.Add(Task.Run(() => node.CloseAsync().AsTask()));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task[] closing;
        lock (_gate)
        {
            _isClosed = true;
            closing = [.. _closing, .. _nodes.Values.Select(node => node.CloseAsync().AsTask())];
            _nodes.Clear();
        }
        await Task.WhenAll(closing).ConfigureAwait(false);
    }
}
