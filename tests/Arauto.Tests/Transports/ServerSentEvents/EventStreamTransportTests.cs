using System.IO.Pipelines;
using Arauto.Protocol;
using Arauto.Tests.Support;
using Arauto.Transports.ServerSentEvents;

namespace Arauto.Tests.Transports.ServerSentEvents;

/// <summary>What needs the answer's pipe and a clock in the test's hands.</summary>
public sealed class EventStreamTransportTests : IDisposable
{
    private const int PipeBytes = 1000;
    private static readonly ReadOnlyMemory<byte> Small = new byte[10];
    private static readonly ReadOnlyMemory<byte> TooMuch = new byte[PipeBytes + 1];

    private readonly Pipe _pipe = NewPipe();
    private readonly ManualTime _time = new();
    private readonly RecordingReceiver _receiver = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly EventStreamTransport _transport;
    private readonly Task _run;
    private int _aborts;

    public EventStreamTransportTests()
    {
        _transport = Attached(_pipe, _time, _receiver);
        _run = _transport.RunAsync(Abort, _gone.Token);
    }

    public void Dispose() => _gone.Dispose();

    [Fact]
    public async Task A_close_against_a_reader_that_does_not_read_ends_after_the_time_limit()
    {
        Assert.False(_transport.Send([TooMuch]));
        _transport.Close(CloseCode.GoingAway, "");
        await Eventually.TrueAsync("the time limit runs", () => _time.ActiveTimers == 1);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_run.IsCompleted);
        Assert.Equal(0, _aborts);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        await EndAsync();
        Assert.Equal(1, _aborts);
        Assert.Equal(["completed", "closed 1001"], _receiver.Calls);
    }

    [Fact]
    public async Task A_close_with_nothing_under_way_ends_at_once_and_leaves_no_timer()
    {
        Assert.True(_transport.Send([Small]));
        _transport.Close(CloseCode.TokenExpired, "");

        await EndAsync();
        Assert.Equal(["closed 4002"], _receiver.Calls);
        Assert.Equal((0, 0), (_aborts, _time.ActiveTimers));
    }

    [Fact]
    public async Task A_close_during_a_write_ends_when_the_reader_has_read()
    {
        Assert.False(_transport.Send([TooMuch]));
        _transport.Close(CloseCode.GoingAway, "");
        Assert.True(_transport.IsClosed);
        Assert.True(_transport.Send([Small]), "what is sent after a close is dropped");

        var read = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(TooMuch.Length, read.Buffer.Length);
        _pipe.Reader.AdvanceTo(read.Buffer.End);

        await EndAsync();
        Assert.Equal(["completed", "closed 1001"], _receiver.Calls);
        Assert.Equal(0, _aborts);
        await Eventually.TrueAsync("the time limit is taken back", () => _time.ActiveTimers == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_takes_nothing_more_ends_the_stream_without_a_code(bool withFault)
    {
        await _pipe.Reader.CompleteAsync(withFault ? new IOException("reset") : null);

        _transport.Send([Small]);

        await EndAsync();
        Assert.Equal("closed", _receiver.Calls[^1]);
        Assert.True(_transport.IsClosed);
    }

    [Fact]
    public async Task A_client_that_goes_during_a_write_completes_it_first()
    {
        Assert.False(_transport.Send([TooMuch]));
        await _gone.CancelAsync();
        Assert.False(_run.IsCompleted);

        await _pipe.Reader.CompleteAsync();

        await EndAsync();
        Assert.Equal(["completed", "closed"], _receiver.Calls);
    }

    /// <summary>Lane, reader and client meet in every order; the request may not end while a write is under way, nor hang.</summary>
    [Fact]
    public async Task The_end_comes_once_and_last_in_whatever_order_things_happen()
    {
        var random = Seed.CreateRandom();
        for (var round = 0; round < 2000; round++)
        {
            var pipe = NewPipe();
            var receiver = new RecordingReceiver();
            using var gone = new CancellationTokenSource();
            var output = new CountingPipeWriter(pipe.Writer);
            var transport = Attached(pipe, TimeProvider.System, receiver, output);
            var run = transport.RunAsync(() => pipe.Reader.Complete(), gone.Token);
            var (writes, closes, leaves) = (random.Next(4), random.Next(3) > 0, random.Next(3) > 0);
            var lane = Task.Run(() =>
            {
                for (var i = 0; i < writes && transport.Send([TooMuch]); i++)
                {
                }
                if (closes || !leaves) transport.Close(CloseCode.Normal, "");
            }, TestContext.Current.CancellationToken);
            var client = Task.Run(() =>
            {
                if (leaves) gone.Cancel();
                pipe.Reader.Complete();
            }, TestContext.Current.CancellationToken);
            await Task.WhenAll(lane, client, run).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

            var calls = receiver.Calls;
            var flushes = output.Flushes;
            Assert.True(transport.Send([Small]));
            Assert.Equal(flushes, output.Flushes);
            Assert.StartsWith("closed", calls[^1]);
            Assert.Single(calls, call => call.StartsWith("closed", StringComparison.Ordinal));
            Assert.Equal(calls, receiver.Calls);
        }
    }

    private static Pipe NewPipe() => new(new PipeOptions(pauseWriterThreshold: PipeBytes, resumeWriterThreshold: 1, useSynchronizationContext: false));

    private static EventStreamTransport Attached(Pipe pipe, TimeProvider time, RecordingReceiver receiver, PipeWriter? output = null)
    {
        var transport = new EventStreamTransport(output ?? pipe.Writer, EventStreamFraming.Get(singleChannel: true, withEvents: false), time);
        transport.Attach(receiver);
        return transport;
    }

    private void Abort()
    {
        _aborts++;
        _pipe.Reader.Complete();
    }

    private Task EndAsync() => _run.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
}
