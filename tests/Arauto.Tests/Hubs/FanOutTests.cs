using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Tests.Support;
using Arauto.Transports;
using Arauto.Transports.ServerSentEvents;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Hubs;

public sealed class FanOutTests
{
    private const int Subscribers = 1000;
    private const int Rounds = 20;

    [Fact]
    public async Task A_message_allocates_nothing_per_receiver_that_keeps_up()
    {
        await using var node = await TestNode.StartAsync(options => options.Lanes = 1);
        using var log = new MemoryChannelLog(new MemoryLogOptions(), TimeProvider.System);
        var lane = node.Get<LaneSet>()[0];
        var rule = new ChannelRule("c:", new ChannelOptions(), log, 0, 1);
        var transports = Enumerable.Range(0, Subscribers).Select(_ => new CountingTransport(TransportKind.WebSocket, WebSocketFraming.Get(false, false))).ToArray();
        var join = new Work(() =>
        {
            foreach (var transport in transports)
            {
                var connection = new Connection("c", node.Get<NodeServices>(), lane, transport, JsonCodec.Instance, new ConnectionOrigin("", null, 0));
                lane.Audiences.Add(new Subscription(connection, "c:1", rule));
            }
        });
        await join.RunAsync(lane);

        var deliveries = new List<Work>();
        for (var round = 1; round <= Rounds; round++)
        {
            var frame = new SharedFrame(Message(round));
            frame.In(FrameFormat.Get(JsonCodec.Instance, WebSocketFraming.Get(false, false)));
            var receivers = 0;
            var delivery = new Work(() => receivers = lane.Audiences.Deliver("c:1", frame, []));
            await delivery.RunAsync(lane);
            Assert.Equal(Subscribers, receivers);
            // A turn ends with the flush, so the next turn's work says that this one's is done.
            await new Work(() => { }).RunAsync(lane);
            deliveries.Add(delivery);
        }

        // The first rounds fill the lane's pools.
        Assert.All(deliveries.Skip(Rounds / 2), delivery => Assert.Equal(0, delivery.Allocated));
        Assert.All(transports, transport => Assert.Equal(Rounds, transport.Sent));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task A_message_is_encoded_once_and_allocates_nothing_per_event_stream_that_keeps_up(int channels, int framesPerMessage)
    {
        await using var node = await TestNode.StartAsync(options => options.Lanes = 1);
        var lane = node.Get<LaneSet>()[0];
        string[] names = [.. Enumerable.Range(1, channels).Select(i => $"public:{i}")];
        var framing = EventStreamFraming.Get(singleChannel: channels == 1, withEvents: false);
        var transports = Enumerable.Range(0, Subscribers).Select(_ => new CountingTransport(TransportKind.ServerSentEvents, framing)).ToArray();
        for (var i = 0; i < Subscribers; i++) await FollowAsync(node, lane, transports[i], $"{i}", names);
        // The last greeting goes out at the end of its turn.
        await new Work(() => { }).RunAsync(lane);
        var greeted = transports.Select(transport => transport.Sent).ToArray();

        var allocated = new List<long>();
        for (var round = 1; round <= Rounds; round++)
        {
            var frame = new SharedFrame(Message(round, names[round % channels]));
            frame.In(FrameFormat.Get(JsonCodec.Instance, framing));
            var before = new Work(() => lane.Audiences.Deliver(frame.Message!.Channel, frame, []));
            await before.RunAsync(lane);
            // In a turn of its own, so that the flush lies between the two.
            var after = new Work(() => { });
            await after.RunAsync(lane);
            allocated.Add(after.AllocatedBefore - before.AllocatedBefore);
            Assert.Equal(1, frame.Encodings);
        }

        // A line of the cursor per message, shared by all. Now and then a turn has other work of the lane besides.
        Assert.InRange(allocated.Skip(Rounds / 2).Order().ElementAt(Rounds / 4), 0, Subscribers);
        Assert.All(Enumerable.Range(0, Subscribers), i => Assert.Equal(Rounds * framesPerMessage, transports[i].Sent - greeted[i]));
    }

    private static async Task FollowAsync(TestNode node, Lane lane, ITransport transport, string id, string[] channels)
    {
        var followed = channels.Select(channel => new FollowedChannel(channel, node.Get<NodeServices>().Rules.TryFind(channel, out var rule) ? rule : throw new ArgumentException(channel), null));
        var request = new FollowRequest([.. followed], new ConnectionCursor(channels, transport.Framing));
        var connection = new Connection(id, node.Get<NodeServices>(), lane, transport, JsonCodec.Instance, new ConnectionOrigin("", null, 0));
        connection.Open((await node.Get<ITokenValidator>().ValidateAsync(node.Token("alice"), CancellationToken.None)).Identity!, request);
        Assert.Null(await request.Outcome);
    }

    private static MessageFrame Message(long offset, string channel = "c:1") => new()
    {
        Event = "chat",
        Channel = channel,
        Data = "{\"content\":\"hi\"}"u8.ToArray(),
        Timestamp = DateTimeOffset.UnixEpoch,
        Id = Guid.CreateVersion7(),
        Position = new Position(new Epoch(7), offset),
    };

    /// <summary>A socket that takes everything at once.</summary>
    private sealed class CountingTransport(TransportKind kind, Framing framing) : ITransport
    {
        public int Sent { get; private set; }

        public TransportKind Kind => kind;

        public Framing Framing => framing;

        public bool HearsPeer => kind == TransportKind.WebSocket;

        public bool IsClosed => false;

        public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
        {
            Sent += frames.Length;
            return true;
        }

        public void Ping()
        {
        }

        public void Close(CloseCode code, string reason)
        {
        }
    }

    /// <summary>Something done on the lane, with the bytes that it allocated there.</summary>
    private sealed class Work(Action action) : LaneWork
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Allocated { get; private set; }

        /// <summary>What the lane had allocated in all its life when the work began.</summary>
        public long AllocatedBefore { get; private set; }

        public Task RunAsync(Lane lane)
        {
            lane.Post(this);
            return _done.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        public override void Run()
        {
            try
            {
                AllocatedBefore = GC.GetAllocatedBytesForCurrentThread();
                action();
                Allocated = GC.GetAllocatedBytesForCurrentThread() - AllocatedBefore;
                _done.SetResult();
            }
            catch (Exception e)
            {
                _done.SetException(e);
            }
        }
    }
}
