using System.Diagnostics;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>The server asks, the client answers, and silence ends the session in time.</summary>
public class EngineIoHeartbeatTests : EngineIoTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>The wheel may be this late.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_ping_follows_the_handshake_and_each_pong_over_polling()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var poll = await server.ParkAsync(sid);
            _time.Advance(Interval - Tick);
            Assert.False(poll.IsCompleted);
            _time.Advance(2 * Tick);
            (await poll).IsPayload("2");
            _time.Advance(TimeSpan.FromSeconds(10));
            (await server.PostAsync(sid, "3")).IsPayload("ok");
        }
    }

    [Fact]
    public async Task A_ping_follows_the_handshake_and_each_pong_over_WebSocket()
    {
        await using var server = await StartAsync(time: _time);
        using var socket = await server.OpenSocketAsync();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Interval - Tick);
            // An echo shows that no ping came before it.
            await socket.SendAsync(ClientFrame.Text("4early"));
            Assert.Equal("4early", await socket.ReadTextAsync());
            _time.Advance(2 * Tick);
            Assert.Equal("2", await socket.ReadTextAsync());
            await socket.SendAsync(ClientFrame.Text("3"));
            await socket.SendAsync(ClientFrame.Text("4behind the pong"));
            Assert.Equal("4behind the pong", await socket.ReadTextAsync());
        }
    }

    [Fact]
    public async Task A_ping_waits_for_the_next_GET()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        _time.Advance(Interval + Tick);
        server.Handler.Session!.Send("behind");
        (await server.GetAsync(sid)).IsPayload("2\x1e" + "4behind");
    }

    [Fact]
    public async Task Without_a_pong_the_session_is_gone_exactly_when_both_times_are_over()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        _time.Advance(Interval + Tick);
        (await server.GetAsync(sid)).IsPayload("2");
        var poll = await server.ParkAsync(sid);
        _time.Advance(Timeout - 2 * Tick);
        Assert.False(poll.IsCompleted);
        Assert.DoesNotContain("closed ping timeout", server.Handler.Calls);
        // Not a tick after: the wheel is not asked.
        _time.Advance(Tick);
        (await server.GetAsync(sid)).IsUnknownSession();
        (await poll).IsPayload("1");
        Assert.Equal("ping timeout", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_WebSocket_without_a_pong_is_closed_without_a_code()
    {
        await using var server = await StartAsync(time: _time);
        using var socket = await server.OpenSocketAsync();
        _time.Advance(Interval + Timeout + 2 * Tick);
        Assert.Equal("2", await socket.ReadTextAsync());
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        Assert.Equal("ping timeout", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_session_that_is_gone_is_forgotten_though_nobody_asks()
    {
        await using var server = await StartAsync(time: _time);
        for (var i = 0; i < 5; i++) await server.OpenAsync();
        Assert.Equal(5, server.SessionCount);
        _time.Advance(Interval + Timeout + 2 * Tick);
        Assert.Equal(0, server.SessionCount);
        Assert.Equal(5, server.Handler.Calls.Count(call => call == "closed ping timeout"));
    }

    [Fact]
    public async Task A_pong_that_nobody_asked_for_is_harmless()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "3\x1e" + "3\x1e" + "4a")).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload("4a");
        _time.Advance(Interval + Tick);
        (await server.GetAsync(sid)).IsPayload("2");
    }

    [Fact]
    public async Task A_message_extends_the_wait_for_the_pong_once()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        _time.Advance(Interval + Timeout - Tick);
        (await server.PostAsync(sid, "4a")).IsPayload("ok");
        _time.Advance(Timeout - Tick);
        (await server.PostAsync(sid, "4b")).IsPayload("ok");
        _time.Advance(2 * Tick);
        (await server.PostAsync(sid, "4c")).IsUnknownSession();
        Assert.Equal("ping timeout", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_client_is_not_blamed_for_a_handler_that_keeps_it_waiting()
    {
        await using var server = await StartAsync(time: _time);
        using var socket = await server.OpenSocketAsync();
        var release = new TaskCompletionSource();
        server.Handler.Message = async (_, _) => await release.Task;
        await socket.SendAsync(ClientFrame.Text("4slow"));
        await server.Handler.CallAsync("text slow");

        _time.Advance(Interval + Timeout + Timeout);
        release.SetResult();
        Assert.Equal("2", await socket.ReadTextAsync());
        server.Handler.Message = RecordingHandler.Echo;
        await socket.SendAsync(ClientFrame.Text("4still here"));
        Assert.Equal("4still here", await socket.ReadTextAsync());

        _time.Advance(Timeout + 2 * Tick);
        Assert.Equal("ping timeout", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_pause_of_the_process_is_not_the_clients_fault()
    {
        await using var server = await StartAsync(time: new StandingWheel(_time));
        var sid = await server.OpenAsync();
        _time.Advance(Interval + Timeout + Timeout);
        // The wheel stood still, so no ping was sent, and so none can be missing.
        server.Handler.Session!.ComeUp();
        (await server.GetAsync(sid)).IsPayload("2");
        (await server.PostAsync(sid, "3")).IsPayload("ok");
    }

    [Fact]
    public async Task In_real_time_a_request_at_the_deadline_is_refused()
    {
        var (interval, timeout) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(600));
        await using var server = await StartAsync(options => (options.PingInterval, options.PingTimeout) = (interval, timeout));
        for (var attempt = 0; attempt < 10; attempt++)
        {
            // From before the session is there, since its heartbeat begins with it.
            var asked = Stopwatch.StartNew();
            var sid = await server.OpenAsync();
            var ping = await server.GetAsync(sid);
            var pinged = Stopwatch.StartNew();
            // On a machine too busy to ping in time the deadline moves, as after a pause, or is over.
            if (ping.Status != 200 || asked.Elapsed > interval + timeout / 3) continue;
            ping.IsPayload("2");
            Assert.True(asked.Elapsed > interval - Tick, $"The ping came after {asked.Elapsed}.");
            if (timeout - pinged.Elapsed is { Ticks: > 0 } rest) await Task.Delay(rest, TestContext.Current.CancellationToken);
            var late = await server.GetAsync(sid);
            // It may come in the very moment of the end, which it is told then.
            if (late.Body != "1") late.IsUnknownSession();
            return;
        }
        Assert.Fail("No ping came in time.");
    }

    [Fact]
    public async Task Without_sessions_there_is_no_timer()
    {
        await using var server = await StartAsync(time: _time);
        Assert.False(_time.IsDueIn(Tick));
        var sid = await server.OpenAsync();
        Assert.True(_time.IsDueIn(Tick));
        (await server.PostAsync(sid, "1")).IsPayload("ok");
        Assert.False(_time.IsDueIn(Tick));
    }

    /// <summary>Timers that are made to be started later, as the wheel's is, follow a clock that stands; as if the process had paused.</summary>
    private sealed class StandingWheel(ManualTimeProvider time) : TimeProvider
    {
        private readonly ManualTimeProvider _standing = new();

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            (dueTime < TimeSpan.Zero ? _standing : time).CreateTimer(callback, state, dueTime, period);
    }
}
