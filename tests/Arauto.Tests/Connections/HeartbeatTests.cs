using Arauto.Auth;
using Arauto.Connections;
using Arauto.Hubs;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;
using Arauto.Transports;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Connections;

public sealed class HeartbeatTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_heartbeat_comes_every_interval_and_a_client_that_answers_stays()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        await using var client = await node.ConnectAsync("alice");
        var connection = await ConnectionAsync(node);
        for (var i = 0; i < 8; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            Assert.Equal("ok", (string?)(await client.ReceiveAsync("heartbeat"))["status"]);
            // The pong of the ping behind it; .NET's client sends it while it receives.
            Assert.Equal("pong", (await client.AskAsync(new { type = "ping" })).Type());
        }
        Assert.True(node.Get<Hub>().TryFind(connection, out _));
        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() == "heartbeat");
    }

    [Fact]
    public async Task A_silent_client_is_closed_in_time_and_one_that_only_pongs_is_not()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var silent = await RawWebSocket.OpenAsync(node.Http.Port, $"Authorization: Bearer {node.Token("alice")}\r\n");
        using var ponging = await RawWebSocket.OpenAsync(node.Http.Port, $"Authorization: Bearer {node.Token("bob")}\r\n");
        await Eventually.TrueAsync("both are there", () => node.Get<Hub>().ConnectionCount == 2);
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            while (await ponging.ReadFrameAsync() is var (first, payload))
            {
                if (first != 0x89) continue;
                await ponging.SendAsync(ClientFrame.Create(0x8A, payload));
                break;
            }
            // Behind the pong, so that its answer says that the pong was heard.
            await ponging.SendAsync(ClientFrame.Text("""{"type":"ping","id":7}"""));
            while (await ponging.ReadTextAsync() is { } text && !text.Contains("pong", StringComparison.Ordinal))
            {
            }
        }

        _time.Advance(TimeSpan.FromSeconds(29.5));

        Assert.Equal(4007, await silent.ReadCloseCodeAsync());
        await ponging.SendAsync(ClientFrame.Text("""{"type":"ping","id":8}"""));
        string? answer;
        do answer = await ponging.ReadTextAsync();
        while (answer is not null && !answer.Contains("pong", StringComparison.Ordinal));
        Assert.NotNull(answer);
    }

    [Fact]
    public async Task A_connection_whose_heartbeat_fails_is_closed_and_the_others_of_its_tick_get_theirs()
    {
        await using var node = await TestNode.StartAsync(options => options.Lanes = 1, time: _time);
        PingedTransport[] transports = [new(fails: true), new(fails: false)];
        foreach (var transport in transports)
        {
            var origin = new ConnectionOrigin("", null, _time.GetTimestamp());
            new Connection($"{transport.Fails}", node.Get<NodeServices>(), node.Get<LaneSet>().Place(), transport, JsonCodec.Instance, origin).Open(new Identity { User = "alice" });
        }
        await Eventually.TrueAsync("both are there", () => node.Get<Hub>().ConnectionCount == 2);

        _time.Advance(TimeSpan.FromSeconds(31));

        await Eventually.TrueAsync("the one behind it is pinged", () => transports[1].Pings == 1);
        Assert.Equal(CloseCode.InternalError, transports[0].Closed);
        Assert.Null(transports[1].Closed);
    }

    private static async Task<string> ConnectionAsync(TestNode node)
    {
        await Eventually.TrueAsync("the connection is there", () => node.Get<Hub>().ConnectionCount == 1);
        return node.Get<Hub>().Connections.Single().Id;
    }

    private sealed class PingedTransport(bool fails) : ITransport
    {
        private int _pings;

        public bool Fails => fails;

        public int Pings => Volatile.Read(ref _pings);

        public CloseCode? Closed { get; private set; }

        public TransportKind Kind => TransportKind.WebSocket;

        public Framing Framing => WebSocketFraming.Text;

        public bool HearsPeer => true;

        public bool IsClosed => Closed is not null;

        public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames) => true;

        public void Ping()
        {
            if (fails) throw new InvalidOperationException("A fault of ours.");
            Interlocked.Increment(ref _pings);
        }

        public void Close(CloseCode code, string reason) => Closed = code;
    }
}
