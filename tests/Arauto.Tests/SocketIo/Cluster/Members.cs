using Arauto.Gateways;
using Arauto.Options;
using Arauto.Tests.Gateways;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>Nodes that are one cluster of Socket.IO, each with a client on it.</summary>
internal sealed class Members(List<TestNode> nodes, List<SocketIoClient> clients) : IAsyncDisposable
{
    public IReadOnlyList<TestNode> Nodes => nodes;

    public IReadOnlyList<SocketIoClient> Clients => clients;

    /// <summary>Starts them, and waits until each sees the others.</summary>
    /// <param name="urls">The Redis of each.</param>
    /// <param name="adapter">How they talk.</param>
    /// <param name="configure">Sets more options.</param>
    /// <param name="map">Adds handlers.</param>
    /// <param name="maxRooms">How many rooms a socket may be in.</param>
    public static async Task<Members> StartAsync(IEnumerable<string> urls, SocketAdapter adapter, Action<ArautoOptions>? configure = null, Action<GatewayBuilder>? map = null, int maxRooms = 1000)
    {
        var members = new Members([], []);
        foreach (var url in urls) await members.AddAsync(url, adapter, configure, map, maxRooms);
        foreach (var node in members.Nodes) await members.SeesAllAsync(node);
        return members;
    }

    public SocketServer Server(int node) => nodes[node].Get<SocketServer>();

    /// <summary>What a node logs from now on.</summary>
    public LoggedLines Log(int node)
    {
        var lines = new LoggedLines();
        nodes[node].Get<ILoggerFactory>().AddProvider(lines);
        return lines;
    }

    /// <summary>Waits until a node finds the sockets of all.</summary>
    public Task SeesAllAsync(TestNode node) => Eventually.TrueAsync("the node sees the sockets of all", async () =>
    {
        try
        {
            return (await node.Get<SocketServer>().Of("/").FetchSocketsAsync()).Count == clients.Count;
        }
        catch (Exception e) when (e is ClusterUnavailableException or ClusterTimeoutException)
        {
            return false;
        }
    });

    /// <summary>The next event of each client.</summary>
    public async Task<string[]> HearAsync(params int[] who)
    {
        var heard = new List<string>();
        foreach (var client in who) heard.Add((await clients[client].EventAsync()).ToJsonString());
        return [.. heard];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) await client.DisposeAsync();
        foreach (var node in nodes) await node.DisposeAsync();
    }

    private async Task AddAsync(string url, SocketAdapter adapter, Action<ArautoOptions>? configure, Action<GatewayBuilder>? map, int maxRooms)
    {
        var number = nodes.Count;
        var node = await TestNode.StartAsync(
            options =>
            {
                options.Redis = url;
                options.Node = $"node{number}";
                options.SocketCluster.Adapter = adapter;
                configure?.Invoke(options);
            },
            map: app =>
            {
                var gateway = app.MapGateway("/")
                    .On("join", (Socket socket, string room) => socket.JoinAsync(room))
                    .On("note", (Socket socket, int note) => { socket.Data["note"] = note; })
                    .OnServerEvent("who", (string greeting) => $"{greeting} node{number}");
                map?.Invoke(gateway);
            },
            socketIo: options =>
            {
                // Events come as they were sent then, also those that have no place in a log.
                options.Recovery = false;
                options.MaxRooms = maxRooms;
            });
        nodes.Add(node);
        clients.Add(await SocketIoClient.ConnectAsync(node.Http, node.Token($"user{number}"), query: "token2=hush-query"));
    }
}
