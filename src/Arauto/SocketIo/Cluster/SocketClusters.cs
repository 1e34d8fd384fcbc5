using Arauto.Backplanes;
using Arauto.Backplanes.Redis;
using Arauto.Gateways;
using Arauto.Options;
using Arauto.Redis;
using Microsoft.Extensions.Logging;

namespace Arauto.SocketIo.Cluster;

/// <summary>Makes the cluster of each namespace, as the options say.</summary>
internal sealed class SocketClusters
{
    /// <summary>Under which our own nodes talk where there are no others.</summary>
    private const string OwnKey = "arauto:io";

    private readonly SocketClusterOptions _options;
    private readonly RedisNames? _names;
    private readonly IRedis? _redis;
    private readonly NodeMark _mark;
    private readonly ILogger<SocketCluster> _logger;

    /// <param name="options">The node's options.</param>
    /// <param name="bus">Names the node.</param>
    /// <param name="logger">For the clusters.</param>
    /// <param name="names">Where our own keys are in Redis; <see langword="null"/> without one.</param>
    /// <param name="redis">Redis; <see langword="null"/> without one.</param>
    public SocketClusters(ArautoOptions options, INodeBus bus, ILogger<SocketCluster> logger, RedisNames? names = null, IRedis? redis = null)
    {
        _options = options.SocketCluster;
        _redis = redis;
        _names = names;
        _logger = logger;
        _mark = new NodeMark(names?.Prefix ?? "", bus.Self);
    }

    /// <summary>Whether there can be other nodes.</summary>
    public bool HasOthers => _redis is not null;

    /// <summary>The cluster of a namespace.</summary>
    public ISocketCluster Create(SocketNamespace ns)
    {
        if (_redis is null) return new SingleNodeCluster();
        IClusterProtocol protocol = _options.Adapter switch
        {
            SocketAdapter.Classic => new ClassicProtocol(_options.Key, ns.Name, _mark),
            SocketAdapter.Sharded => new ShardedProtocol(_options.Key, ns.Name, _options.SubscriptionMode, _mark),
            _ => new ClassicProtocol($"{_names?.Prefix}{OwnKey}", ns.Name, _mark, hearsEvents: false),
        };
        return new SocketCluster(ns, protocol, _mark, _redis, _options, _logger);
    }
}
