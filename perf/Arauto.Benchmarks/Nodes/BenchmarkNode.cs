using System.Text;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Metrics;
using Arauto.Options;
using Arauto.Protocol.Codecs;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Benchmarks.Nodes;

/// <summary>A node with one lane, its metrics read as in production, and no server: connections are made on null transports.</summary>
internal sealed class BenchmarkNode : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly LaneSet _lanes;
    private int _connections;

    public BenchmarkNode()
    {
        var options = new ArautoOptions { Lanes = 1, Node = "bench" };
        options.Limits.ConnectionsPerUser = 0;
        options.Channels["bench:"] = new ChannelOptions { Subscribe = AccessRule.Any, Publish = AccessRule.Any, Durable = false, HistoryMessages = 100 };
        _services = new ServiceCollection().AddLogging()
            .AddArauto(new AuthOptions { JwtSecret = "a secret of thirty-two bytes or more, for benchmarks" }, options)
            .BuildServiceProvider();
        _ = _services.GetRequiredService<PrometheusText>();
        _lanes = _services.GetRequiredService<LaneSet>();
        Services = _services.GetRequiredService<NodeServices>();
    }

    /// <summary>What the node is made of.</summary>
    public NodeServices Services { get; }

    /// <summary>Opens a connection that is authenticated and subscribed to one channel; done after <see cref="Settle"/>.</summary>
    /// <param name="user">Who it is.</param>
    /// <param name="channel">What it listens to.</param>
    /// <param name="transport">Where its frames go.</param>
    public Connection Connect(string user, string channel, NullTransport transport)
    {
        // Strings of their own, as a handshake makes them.
        var origin = new ConnectionOrigin($"127.0.{_connections >> 8 & 255}.{_connections & 255}", null, Services.Time.GetTimestamp());
        var connection = new Connection($"{_connections++:x32}", Services, _lanes.Place(), transport, JsonCodec.Instance, origin);
        connection.Open(new Identity { User = new string(user.AsSpan()), TokenId = $"{_connections:x36}", Expires = Services.Time.GetUtcNow().AddHours(1) });
        Send(connection, Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{channel}}"}"""));
        return connection;
    }

    /// <summary>Waits until the lane has done and flushed all that was given to it.</summary>
    public void Settle()
    {
        // The second marker runs in a later turn than the first: what the first turn flushed is out by then.
        for (var turn = 0; turn < 2; turn++)
        {
            using var marker = new Marker();
            _lanes[0].Post(marker);
            marker.Wait();
        }
    }

    /// <summary>As after a quiet time: the lane has let go of what its connections used last.</summary>
    public void Rest()
    {
        for (var i = 0; i < 100; i++) _lanes[0].Post(new Quiet(_lanes[0]));
        Settle();
    }

    /// <summary>Gives a connection a frame of its client.</summary>
    public static void Send(Connection connection, ReadOnlySpan<byte> frame)
    {
        var receiving = connection.ReceiveAsync(frame, isBinary: false);
        if (!receiving.IsCompletedSuccessfully) throw new InvalidOperationException("The connection has more unanswered commands than a benchmark should make.");
    }

    public void Dispose() => _services.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private sealed class Quiet(Lane lane) : LaneWork
    {
        public override void Run() => lane.Queues.Tick();
    }

    private sealed class Marker : LaneWork, IDisposable
    {
        private readonly ManualResetEventSlim _ran = new();

        public override void Run() => _ran.Set();

        public void Wait() => _ran.Wait();

        public void Dispose() => _ran.Dispose();
    }
}
