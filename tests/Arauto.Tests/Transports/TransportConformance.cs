using System.Buffers;
using System.Text;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Transports;

namespace Arauto.Tests.Transports;

/// <summary>What every <see cref="ITransport"/> that goes on after a write must do, over a real server and a real socket. One short subclass per transport.</summary>
public abstract class TransportConformance
{
    /// <summary>Connects a client and hands out both ends.</summary>
    internal abstract Task<TransportPair> ConnectAsync();

    [Fact]
    public async Task Frames_arrive_in_the_order_they_were_sent()
    {
        await using var pair = await ConnectAsync();
        var sender = new TurnSender(pair);
        for (var i = 0; i < 500; i++)
            await sender.SendAsync($"message {i}");

        for (var i = 0; i < 500; i++)
            Assert.Equal($"message {i}", await pair.ClientReceiveAsync());
    }

    [Fact]
    public async Task The_frames_of_one_turn_are_one_write()
    {
        await using var pair = await ConnectAsync();
        var sender = new TurnSender(pair);
        await sender.SendAsync("first");
        var before = pair.Writes;

        await sender.SendAsync("a", "b", "c", "d");

        Assert.Equal(before + 1, pair.Writes);
        foreach (var expected in new[] { "first", "a", "b", "c", "d" })
            Assert.Equal(expected, await pair.ClientReceiveAsync());
    }

    [Fact]
    public async Task A_turn_larger_than_one_write_arrives_whole()
    {
        await using var pair = await ConnectAsync();
        var sender = new TurnSender(pair);
        var messages = Enumerable.Range(0, 40).Select(i => new string((char)('a' + i % 26), 10_000 + i)).ToArray();
        var sent = sender.SendAsync(messages);

        foreach (var message in messages)
            Assert.Equal(message, await pair.ClientReceiveAsync());
        await sent;
    }

    [Fact]
    public async Task Send_returns_false_when_the_peer_does_not_read_and_completes_after_it_reads()
    {
        await using var pair = await ConnectAsync();
        var message = new string('x', 60_000);
        var frame = Frame(pair.Transport, message);
        var count = 0;
        do
        {
            Assert.True(++count < 10_000, "the transport never pushed back");
        }
        while (pair.Transport.Send([frame]));

        for (var i = 0; i < count; i++)
            Assert.Equal(message, await pair.ClientReceiveAsync());
        await pair.Receiver.WaitForAsync("completed");
        Assert.Single(pair.Receiver.Calls, call => call == "completed");

        await new TurnSender(pair).SendAsync("after");
        Assert.Equal("after", await pair.ClientReceiveAsync());
    }

    [Fact]
    public async Task Close_sends_first_what_was_taken()
    {
        await using var pair = await ConnectAsync();
        var message = new string('x', 60_000);
        var frame = Frame(pair.Transport, message);
        var count = 1;
        while (pair.Transport.Send([frame])) count++;
        pair.Transport.Close(CloseCode.GoingAway, "bye");
        Assert.True(pair.Transport.IsClosed);

        for (var i = 0; i < count; i++)
            Assert.Equal(message, await pair.ClientReceiveAsync());
        Assert.Null(await pair.ClientReceiveAsync());
        await pair.ClientCloseAsync();
        await pair.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("closed 1001", pair.Receiver.Calls[^1]);
    }

    [Fact]
    public async Task Closed_comes_once_and_last_whoever_closes_how_often()
    {
        await using var pair = await ConnectAsync();
        pair.Transport.Close(CloseCode.Terminated, "first");
        pair.Transport.Close(CloseCode.GoingAway, "second");
        var close = pair.ClientCloseAsync();
        pair.Transport.Close(CloseCode.Normal, "third");
        await close;
        await pair.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        var calls = pair.Receiver.Calls;
        Assert.Equal("closed 4009", calls[^1]);
        Assert.Single(calls, call => call.StartsWith("closed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_vanishes_is_reported_without_a_code()
    {
        await using var pair = await ConnectAsync();
        pair.Vanish();
        await pair.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("closed", pair.Receiver.Calls[^1]);
    }

    [Fact]
    public async Task A_client_that_vanishes_completes_a_pending_send_before_the_end()
    {
        await using var pair = await ConnectAsync();
        var frame = Frame(pair.Transport, new string('x', 60_000));
        while (pair.Transport.Send([frame]))
        {
        }

        pair.Vanish();
        await pair.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(["completed", "closed"], pair.Receiver.Calls.Where(call => call is "completed" || call.StartsWith("closed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task After_the_end_every_call_is_harmless()
    {
        await using var pair = await ConnectAsync();
        pair.Vanish();
        await pair.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var calls = pair.Receiver.Calls.Length;

        Assert.True(pair.Transport.Send([Frame(pair.Transport, "late")]));
        pair.Transport.Ping();
        pair.Transport.Close(CloseCode.Normal, "late");

        Assert.Equal(calls, pair.Receiver.Calls.Length);
    }

    /// <summary>A message, whatever its text: transports look at a frame's kind only.</summary>
    private static readonly MessageFrame Sample = new()
    {
        Event = "chat",
        Channel = "room:r1",
        Data = "null"u8.ToArray(),
        Timestamp = DateTimeOffset.UnixEpoch,
        Id = Guid.Empty,
        Position = new Position(new Epoch(1), 1),
    };

    internal static ReadOnlyMemory<byte> Frame(ITransport transport, string message)
    {
        var output = new ArrayBufferWriter<byte>();
        transport.Framing.Write(Sample, Encoding.UTF8.GetBytes(message), output);
        return output.WrittenMemory;
    }

    /// <summary>Sends turn by turn as a lane does: never before the last one is complete.</summary>
    internal sealed class TurnSender(TransportPair pair)
    {
        public async Task SendAsync(params string[] messages)
        {
            var completed = pair.Receiver.Calls.Count(call => call == "completed");
            if (pair.Transport.Send(messages.Select(message => Frame(pair.Transport, message)).ToArray())) return;
            await pair.Receiver.WaitUntilAsync(calls => calls.Count(call => call == "completed") > completed, "completed");
        }
    }
}
