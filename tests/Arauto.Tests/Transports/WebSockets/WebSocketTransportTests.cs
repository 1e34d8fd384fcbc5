using System.Text;
using Arauto.Protocol;
using Arauto.Tests.Support;
using Arauto.Transports.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using static Arauto.Tests.Transports.WebSockets.ClientFrame;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>What needs a stream and a clock in the test's hands.</summary>
public sealed class WebSocketTransportTests : IDisposable
{
    private readonly ManualStream _stream = new();
    private readonly ManualTime _time = new();
    private readonly RecordingReceiver _receiver = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly WebSocketTransport _transport;
    private readonly Task _run;

    public WebSocketTransportTests()
    {
        _transport = new WebSocketTransport(_stream, WebSocketFraming.Text, 1000, _time, NullLogger.Instance, _stream.Abort);
        _run = _transport.RunAsync(_receiver, _cancellation.Token);
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _stream.Dispose();
    }

    [Fact]
    public async Task Control_frames_wait_for_a_pending_write_and_only_the_newest_pong_is_kept()
    {
        _stream.HoldWrites = true;
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "data")]));
        for (var i = 0; i < 50; i++)
            _stream.Feed(Create(Fin | 9, [(byte)i]));
        _stream.Feed(Text("seen"));
        await _receiver.WaitForAsync("text seen");
        Assert.Single(_stream.Writes);

        _stream.HoldWrites = false;
        _stream.CompleteWrite();
        await _receiver.WaitForAsync("completed");
        // Else pong and close may go out as one.
        await UntilAsync(() => _stream.Writes.Length == 2);
        await EndAsync();
        Assert.Equal(["8104" + Hex("data"), "8A0131", "880203E8"], _stream.Writes.Select(Convert.ToHexString));
    }

    [Fact]
    public async Task Frames_sent_during_a_pong_follow_it_and_are_completed()
    {
        _stream.HoldWrites = true;
        _stream.Feed(Create(Fin | 9, "x"u8));
        _stream.Feed(Text("seen"));
        await _receiver.WaitForAsync("text seen");
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "a"), TransportConformance.Frame(_transport, "b")]));
        Assert.Throws<InvalidOperationException>(() => _transport.Send([TransportConformance.Frame(_transport, "too early")]));

        _stream.HoldWrites = false;
        _stream.CompleteWrite();
        await _receiver.WaitForAsync("completed");
        await EndAsync();
        Assert.Equal(["8A0178", "810161810162", "880203E8"], _stream.Writes.Select(Convert.ToHexString));
    }

    [Fact]
    public async Task Close_goes_out_after_what_was_taken_and_nothing_follows_it()
    {
        _stream.HoldWrites = true;
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "data")]));
        _transport.Close(CloseCode.GoingAway, "bye");
        _transport.Ping();
        _stream.Feed(Create(Fin | 9, "x"u8));
        _stream.HoldWrites = false;
        _stream.CompleteWrite();
        await _receiver.WaitForAsync("completed");
        Assert.True(_transport.Send([TransportConformance.Frame(_transport, "late")]));
        _stream.Feed(Text("not delivered any more"));
        _stream.Feed(Close(1001));
        await RunEndsAsync();

        Assert.Equal(["8104" + Hex("data"), "880503E9" + Hex("bye")], _stream.Writes.Select(Convert.ToHexString));
        Assert.Equal("closed 1001", _receiver.Calls[^1]);
        Assert.DoesNotContain(_receiver.Calls, call => call.StartsWith("text", StringComparison.Ordinal));
        Assert.Equal(0, _time.ActiveTimers);
        Assert.False(_stream.Aborted);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_the_close_is_aborted_after_5_seconds()
    {
        _transport.Close(CloseCode.HeartbeatTimeout, "");
        _time.Advance(WebSocketTransport.CloseTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(_stream.Aborted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await RunEndsAsync();
        Assert.True(_stream.Aborted);
        Assert.Equal(["closed 4007"], _receiver.Calls);
    }

    [Fact]
    public async Task A_peer_that_never_reads_cannot_hang_the_close()
    {
        _stream.HoldWrites = true;
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "data")]));
        _transport.Close(CloseCode.SlowConsumer, "");
        _time.Advance(WebSocketTransport.CloseTimeout);
        await RunEndsAsync();
        Assert.Equal(["completed", "closed 4006"], _receiver.Calls);
    }

    [Fact]
    public async Task A_peer_that_closes_but_never_reads_cannot_hang_the_end()
    {
        _stream.HoldWrites = true;
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "data")]));
        _stream.Feed(Close(3000));
        // Not IsClosed: that is seen a moment before the time-out is set, and a clock that moves in between never reaches it.
        await UntilAsync(() => _time.ActiveTimers == 1);
        Assert.False(_run.IsCompleted);
        _time.Advance(WebSocketTransport.CloseTimeout);
        await RunEndsAsync();
        Assert.Equal(["completed", "closed 3000"], _receiver.Calls);
    }

    [Fact]
    public async Task The_peers_close_is_answered_with_its_code()
    {
        _stream.Feed(Close(4321, "mine"));
        await RunEndsAsync();
        Assert.Equal(["880210E1"], _stream.Writes.Select(Convert.ToHexString));
        Assert.Equal(["closed 4321"], _receiver.Calls);
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task An_empty_close_is_answered_with_an_empty_one()
    {
        _stream.Feed(Create(Fin | 8, []));
        await RunEndsAsync();
        Assert.Equal(["8800"], _stream.Writes.Select(Convert.ToHexString));
        Assert.Equal(["closed 1005"], _receiver.Calls);
    }

    [Fact]
    public async Task After_a_violation_nothing_is_processed_and_the_input_is_drained_for_a_second()
    {
        _stream.Feed([.. Create(Fin | 3, []), .. Text("late")]);
        await UntilAsync(() => _stream.Writes.Length == 1);
        Assert.Equal("03EA", Convert.ToHexString(_stream.Writes[0], 2, 2));
        _stream.Feed(Text("later"));
        _stream.Feed(Close(1000));
        Assert.False(_run.IsCompleted);
        _time.Advance(WebSocketTransport.ViolationLinger);
        await RunEndsAsync();
        Assert.Equal(["closed 1002"], _receiver.Calls);
    }

    [Fact]
    public async Task Control_frames_over_the_rate_close_with_4008()
    {
        for (var second = 0; second < 3; second++)
        {
            for (var i = 0; i < WebSocketTransport.ControlFramesPerSecond; i++)
                _stream.Feed(Create(Fin | (i % 2 == 0 ? 9 : 10), []));
            _stream.Feed(Text($"{second}"));
            await _receiver.WaitForAsync($"text {second}");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        for (var i = 0; i <= WebSocketTransport.ControlFramesPerSecond; i++)
            _stream.Feed(Create(Fin | 9, []));
        _stream.End();
        await RunEndsAsync();
        Assert.Equal("closed 4008", _receiver.Calls[^1]);
    }

    [Fact]
    public async Task Only_the_pong_that_answers_the_ping_measures_and_only_once()
    {
        _transport.Ping();
        var payload = _stream.Writes[0][2..];
        Assert.Equal(8, payload.Length);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        _stream.Feed(Create(Fin | 10, [1, 2, 3, 4, 5, 6, 7, 8]));
        _stream.Feed(Create(Fin | 10, payload));
        _stream.Feed(Create(Fin | 10, payload));
        await _receiver.WaitUntilAsync(calls => calls.Count == 3, "three pongs");
        Assert.Equal(["alive", "alive+", "alive"], _receiver.Calls);
        Assert.Equal(TimeSpan.FromMilliseconds(40), _receiver.LastRoundTrip);
        await EndAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failed_write_breaks_the_connection(bool pending)
    {
        _stream.HoldWrites = pending;
        if (!pending) _stream.WriteFailure = new IOException("gone");
        Assert.Equal(!pending, _transport.Send([TransportConformance.Frame(_transport, "data")]));
        if (pending) _stream.Abort();
        await RunEndsAsync();
        Assert.True(_transport.IsClosed);
        Assert.True(_stream.Aborted);
        Assert.Equal(pending ? ["completed", "closed"] : ["closed"], _receiver.Calls);
    }

    [Fact]
    public async Task A_receiver_that_throws_closes_with_1011()
    {
        _receiver.OnMessage = (_, _) => throw new InvalidOperationException("bug");
        _stream.Feed(Text("boom"));
        await UntilAsync(() => _stream.Writes.Length == 1);
        Assert.Equal("03F3", Convert.ToHexString(_stream.Writes[0], 2, 2));
        _stream.End();
        await RunEndsAsync();
        Assert.Equal("closed 1011", _receiver.Calls[^1]);
    }

    [Fact]
    public async Task Cancellation_breaks_the_connection()
    {
        await _cancellation.CancelAsync();
        await RunEndsAsync();
        Assert.True(_stream.Aborted);
        Assert.Equal(["closed"], _receiver.Calls);
    }

    [Fact]
    public async Task A_send_before_the_receive_loop_is_completed_when_it_starts()
    {
        var stream = new ManualStream { HoldWrites = true };
        var receiver = new RecordingReceiver();
        var transport = new WebSocketTransport(stream, WebSocketFraming.Text, 1000, _time, NullLogger.Instance, stream.Abort);
        Assert.False(transport.Send([TransportConformance.Frame(transport, "early")]));
        stream.CompleteWrite();
        var run = transport.RunAsync(receiver, CancellationToken.None);
        await receiver.WaitForAsync("completed");
        stream.End();
        await Eventually.EndsAsync("the receive loop", run);
        Assert.Equal(["completed", "closed"], receiver.Calls);
        await EndAsync();
    }

    [Fact]
    public async Task Sending_a_shared_frame_allocates_nothing()
    {
        var stream = new NullDuplex();
        var transport = new WebSocketTransport(stream, WebSocketFraming.Text, 1000, _time, NullLogger.Instance, () => { });
        ReadOnlyMemory<byte>[] one = [TransportConformance.Frame(transport, "shared")];
        ReadOnlyMemory<byte>[] three = [one[0], one[0], one[0]];
        Assert.True(transport.Send(one) && transport.Send(three));

        // The least of several rounds: in one of them the pool may lose its buffer to a collection, or the compiler replace the code.
        var least = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                transport.Send(one);
                transport.Send(three);
                transport.Ping();
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
        await EndAsync();
    }

    private Task RunEndsAsync() => Eventually.EndsAsync("the receive loop", _run);

    private async Task EndAsync()
    {
        _stream.Feed(Close(1000));
        await RunEndsAsync();
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync("what the test waits for has come", condition);

    private sealed class NullDuplex : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
