using Arauto.Channels;
using Arauto.Connections;
using Arauto.Logs.Memory;
using Arauto.Protocol.Frames;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>Random adds, drops, removals and takes against what must hold: each offset is delivered or lies in exactly one announced gap, in order.</summary>
public sealed class OutboundQueueTests
{
    private static readonly string[] Events = ["a", "b", "c"];
    private long _control;

    [Fact]
    public void Every_offset_is_delivered_or_announced_exactly_once_and_in_order()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions(), TimeProvider.System);
        var random = Seed.CreateRandom();
        for (var round = 0; round < 100; round++)
        {
            var conflates = random.Next(2) == 0;
            var channels = Enumerable.Range(0, 3).Select(i => new Model(Subscribe($"c:{i}", log, i))).ToArray();
            var queue = new OutboundQueue();
            var controls = new Queue<long>();
            var steps = random.Next(50, 1500);
            for (var step = 0; step < steps; step++)
            {
                switch (random.Next(12))
                {
                    case < 6: AddMessage(queue, channels[random.Next(channels.Length)], random, conflates); break;
                    case 6: AddControl(queue, controls, random); break;
                    case 7 or 8: DropOldest(queue, channels); break;
                    case 9 when random.Next(20) == 0: Unsubscribe(queue, channels, random, log); break;
                    default: Take(queue, channels, controls); break;
                }
                Assert.True(queue.Bytes >= 0);
            }
            while (!queue.IsEmpty) Take(queue, channels, controls);
            Assert.Equal(0, queue.Bytes);
            Assert.Empty(controls);
            foreach (var channel in channels) Assert.Equal(channel.Added, channel.Seen);
        }
    }

    [Fact]
    public void Bytes_are_those_of_the_frames_that_wait()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions(), TimeProvider.System);
        var queue = new OutboundQueue();
        var channel = new Model(Subscribe("c:0", log, 1));
        var random = new Random(1);
        for (var i = 0; i < 10; i++) AddMessage(queue, channel, random, false, 100);
        Assert.Equal(10 * (100 + OutboundQueue.EntryOverhead), queue.Bytes);

        Assert.True(queue.TryDropOldest(_ => true));
        Assert.Equal((9 * 100) + (10 * OutboundQueue.EntryOverhead), queue.Bytes);
        Assert.True(queue.TryDropOldest(_ => true));
        Assert.Equal(8 * (100 + OutboundQueue.EntryOverhead) + OutboundQueue.EntryOverhead, queue.Bytes);
        Assert.True(queue.TryTake(out var gap));
        Assert.Equal((OutboundKind.Gap, 1L, 2L), (gap.Kind, gap.From, gap.To));
        Assert.Equal(8 * (100 + OutboundQueue.EntryOverhead), queue.Bytes);

        queue.Remove(channel.Subscription);
        Assert.Equal(0, queue.Bytes);
        Assert.False(queue.TryTake(out _));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void A_client_that_never_reads_does_not_grow_the_ring_without_end()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions(), TimeProvider.System);
        var queue = new OutboundQueue();
        var subscription = Subscribe("c:0", log, 1);
        for (var offset = 1L; offset <= 200_000; offset++)
        {
            queue.Add(Message(subscription, offset, Events[0], 100));
            while (queue.Bytes > 16 * 1024) Assert.True(queue.TryDropOldest(_ => true));
        }
        while (!queue.IsEmpty) queue.TryTake(out _);

        Assert.True(queue.IsReusable);
    }

    [Fact]
    public void A_client_that_never_reads_keeps_the_newest_of_each_event()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions(), TimeProvider.System);
        var queue = new OutboundQueue();
        var subscription = Subscribe("c:0", log, 2);
        for (var offset = 1L; offset <= 30_000; offset++) queue.AddConflated(Message(subscription, offset, Events[offset % 3], 100));

        var frames = new List<OutboundFrame>();
        while (queue.TryTake(out var frame)) frames.Add(frame);
        Assert.Equal([29_998, 29_999, 30_000], frames.Where(frame => frame.Kind == OutboundKind.Message).Select(frame => frame.From));
        Assert.Equal((1, 29_997), (frames[0].From, frames[0].To));
        Assert.Equal(4, frames.Count);
        Assert.True(queue.IsReusable);
    }

    [Fact]
    public void What_waits_already_when_a_client_falls_behind_is_conflated_too()
    {
        using var log = new MemoryChannelLog(new MemoryLogOptions(), TimeProvider.System);
        var queue = new OutboundQueue();
        var subscription = Subscribe("c:0", log, (int)SlowConsumerPolicy.Conflate);
        queue.Add(Message(subscription, 1, "rare", 100));
        for (var offset = 2L; offset <= 20; offset++) queue.Add(Message(subscription, offset, Events[offset % 2], 100));

        Assert.Equal(18, queue.AddConflated(Message(subscription, 21, Events[1], 100)));

        var frames = new List<OutboundFrame>();
        while (queue.TryTake(out var frame)) frames.Add(frame);
        Assert.Equal([1, 20, 21], frames.Where(frame => frame.Kind == OutboundKind.Message).Select(frame => frame.From));
        var gap = Assert.Single(frames, frame => frame.Kind == OutboundKind.Gap);
        Assert.Equal((2, 19, GapReason.Conflated), (gap.From, gap.To, gap.Reason));
    }

    private static Subscription Subscribe(string channel, MemoryChannelLog log, int policy) =>
        new(null!, channel, new ChannelRule("c:", new ChannelOptions { SlowConsumer = (SlowConsumerPolicy)policy }, log, 0, 1));

    private static OutboundFrame Message(Subscription subscription, long offset, string name, int bytes) => new()
    {
        Kind = OutboundKind.Message,
        Subscription = subscription,
        Event = name,
        From = offset,
        To = offset,
        Bytes = new byte[bytes],
    };

    private static void AddMessage(OutboundQueue queue, Model channel, Random random, bool conflates, int? bytes = null)
    {
        var frame = Message(channel.Subscription, ++channel.Added, Events[random.Next(Events.Length)], bytes ?? random.Next(0, 300));
        if (conflates && channel.Subscription.Rule.SlowConsumer == SlowConsumerPolicy.Conflate) queue.AddConflated(frame);
        else queue.Add(frame);
    }

    private void AddControl(OutboundQueue queue, Queue<long> controls, Random random)
    {
        controls.Enqueue(++_control);
        queue.Add(new OutboundFrame { Kind = OutboundKind.Control, From = _control, Bytes = new byte[random.Next(1, 50)] });
    }

    private static void DropOldest(OutboundQueue queue, Model[] channels)
    {
        var bytes = queue.Bytes;
        if (queue.TryDropOldest(subscription => subscription.Rule.SlowConsumer != SlowConsumerPolicy.Disconnect)) Assert.True(queue.Bytes <= bytes);
        else Assert.Equal(bytes, queue.Bytes);
        Assert.NotEmpty(channels);
    }

    private static void Unsubscribe(OutboundQueue queue, Model[] channels, Random random, MemoryChannelLog log)
    {
        var index = random.Next(channels.Length);
        var old = channels[index];
        queue.Remove(old.Subscription);
        // A new subscription of the same channel goes on where the channel stands.
        channels[index] = new Model(Subscribe(old.Subscription.Channel, log, index)) { Added = old.Added, Seen = old.Added };
    }

    private static void Take(OutboundQueue queue, Model[] channels, Queue<long> controls)
    {
        var bytes = queue.Bytes;
        if (!queue.TryTake(out var frame))
        {
            Assert.True(queue.IsEmpty);
            return;
        }
        Assert.Equal(bytes - frame.Bytes.Length - OutboundQueue.EntryOverhead, queue.Bytes);
        if (frame.Kind == OutboundKind.Control)
        {
            Assert.Equal(controls.Dequeue(), frame.From);
            return;
        }
        var channel = Assert.Single(channels, channel => ReferenceEquals(channel.Subscription, frame.Subscription));
        Assert.Equal(channel.Seen + 1, frame.From);
        Assert.True(frame.To >= frame.From);
        if (frame.Kind == OutboundKind.Gap) Assert.NotEqual(SlowConsumerPolicy.Disconnect, channel.Subscription.Rule.SlowConsumer);
        else Assert.Equal(frame.From, frame.To);
        channel.Seen = frame.To;
    }

    private sealed class Model(Subscription subscription)
    {
        public Subscription Subscription { get; } = subscription;

        public long Added { get; set; }

        public long Seen { get; set; }
    }
}
