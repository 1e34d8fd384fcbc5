using Arauto.Channels;
using Arauto.Connections;
using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Tests.Support;
using Arauto.Transports;
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
        var transports = Enumerable.Range(0, Subscribers).Select(_ => new CountingTransport()).ToArray();
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

    private static MessageFrame Message(long offset) => new()
    {
        Event = "chat",
        Channel = "c:1",
        Data = "{\"content\":\"hi\"}"u8.ToArray(),
        Timestamp = DateTimeOffset.UnixEpoch,
        Id = Guid.CreateVersion7(),
        Position = new Position(new Epoch(7), offset),
    };

    /// <summary>A socket that takes everything at once.</summary>
    private sealed class CountingTransport : ITransport
    {
        public int Sent { get; private set; }

        public TransportKind Kind => TransportKind.WebSocket;

        public Framing Framing => WebSocketFraming.Get(false, false);

        public bool HearsPeer => true;

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

        public Task RunAsync(Lane lane)
        {
            lane.Post(this);
            return _done.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        public override void Run()
        {
            try
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                action();
                Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                _done.SetResult();
            }
            catch (Exception e)
            {
                _done.SetException(e);
            }
        }
    }
}
