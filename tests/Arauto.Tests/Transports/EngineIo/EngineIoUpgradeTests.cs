using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>From polling to WebSocket.</summary>
public class EngineIoUpgradeTests : EngineIoTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_session_goes_over_to_WebSocket_and_works_on()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        // The first frame: no open packet stands before it.
        Assert.Equal("3probe", await socket.ReadTextAsync());
        Assert.Equal("polling", server.Handler.Session!.Transport);
        await socket.SendAsync(ClientFrame.Text("5"));
        await socket.SendAsync(ClientFrame.Text("4hello"));
        Assert.Equal("4hello", await socket.ReadTextAsync());
        Assert.Equal("websocket", server.Handler.Session.Transport);
        Assert.Equal(["opened", "text hello"], server.Handler.Calls);
    }

    [Fact]
    public async Task After_the_switch_polling_is_refused_and_another_WebSocket_is_closed()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var socket = await server.UpgradeAsync(sid);
        (await server.GetAsync(sid)).IsBadRequest();
        (await server.PostAsync(sid, "4a")).IsBadRequest();
        using var second = await server.OpenProbeAsync(sid);
        Assert.Equal(1005, await second.ReadCloseCodeAsync());
        await socket.SendAsync(ClientFrame.Text("4still here"));
        Assert.Equal("4still here", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task The_pending_GET_is_released_with_a_noop_100_ms_after_the_probe_and_not_before()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        var poll = await server.ParkAsync(sid);
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());

        _time.Advance(TimeSpan.FromMilliseconds(100) - Tick);
        server.AssertParked(poll);
        _time.Advance(2 * Tick);
        (await poll).IsPayload("6");

        // A GET that comes later is released by the next look.
        poll = await server.ParkAsync(sid);
        server.AssertParked(poll);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        (await poll).IsPayload("6");
        // And none is owed to one that comes after two.
        _time.Advance(TimeSpan.FromMilliseconds(250));
        poll = await server.ParkAsync(sid);
        server.AssertParked(poll);
        await socket.SendAsync(ClientFrame.Text("5"));
        (await poll).IsPayload("1");
    }

    [Fact]
    public async Task While_it_probes_polling_goes_on_both_ways()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());
        var poll = await server.ParkAsync(sid);

        (await server.PostAsync(sid, "4a")).IsPayload("ok");
        (await poll).IsPayload("4a");
        (await server.PostAsync(sid, "4b\x1e" + "bAQI=")).IsPayload("ok");
        (await server.PostAsync(sid, "4c")).IsPayload("ok");

        // What waits goes over the WebSocket first, and nothing twice.
        await socket.SendAsync(ClientFrame.Text("5"));
        await socket.SendAsync(ClientFrame.Text("4d"));
        Assert.Equal("4b", await socket.ReadTextAsync());
        Assert.Equal((0x82, 2), ((await socket.ReadFrameAsync()) is var (first, payload) ? (first, payload.Length) : default));
        Assert.Equal("4c", await socket.ReadTextAsync());
        Assert.Equal("4d", await socket.ReadTextAsync());
    }

    [Theory]
    [InlineData("2")]
    [InlineData("2prob")]
    [InlineData("2probe!")]
    [InlineData("4a")]
    [InlineData("5")]
    [InlineData("1")]
    [InlineData("")]
    public async Task Anything_but_the_probe_ends_the_WebSocket_and_not_the_session(string first)
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using (var socket = await server.OpenProbeAsync(sid))
        {
            await socket.SendAsync(ClientFrame.Text(first));
            Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        }
        await AssertWorksOverPollingAsync(server, sid);
        using var again = await server.UpgradeAsync(sid);
        Assert.DoesNotContain(server.Handler.Calls, call => call.StartsWith("closed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("4a")]
    [InlineData("3")]
    [InlineData("x")]
    public async Task Behind_the_probe_only_the_switch_is_taken(string packet)
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendAsync(ClientFrame.Text(packet));
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        await AssertWorksOverPollingAsync(server, sid);
    }

    [Fact]
    public async Task During_a_probe_another_WebSocket_is_closed_and_the_first_goes_on()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());
        using var second = await server.OpenProbeAsync(sid);
        Assert.Equal(1005, await second.ReadCloseCodeAsync());
        await socket.SendAsync(ClientFrame.Text("5"));
        await socket.SendAsync(ClientFrame.Text("4a"));
        Assert.Equal("4a", await socket.ReadTextAsync());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_probe_that_is_dropped_leaves_polling_as_it_was(bool probed, bool inOrder)
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        if (probed)
        {
            await socket.SendAsync(ClientFrame.Text("2probe"));
            Assert.Equal("3probe", await socket.ReadTextAsync());
        }
        if (inOrder)
        {
            await socket.SendAsync(ClientFrame.Close(1000));
            await socket.WaitForEndAsync();
        }
        else
        {
            socket.Reset();
        }
        await Eventually.TrueAsync("the probe is over", () => !server.Handler.Session!.IsUpgrading);
        await AssertWorksOverPollingAsync(server, sid);
        using var again = await server.UpgradeAsync(sid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upgrade_that_takes_too_long_is_given_up(bool probed)
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        await Eventually.TrueAsync("it upgrades", () => server.Handler.Session!.IsUpgrading);
        if (probed)
        {
            await socket.SendAsync(ClientFrame.Text("2probe"));
            Assert.Equal("3probe", await socket.ReadTextAsync());
        }
        _time.Advance(TimeSpan.FromSeconds(10) - Tick);
        Assert.True(server.Handler.Session!.IsUpgrading);
        _time.Advance(2 * Tick);
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        await AssertWorksOverPollingAsync(server, sid);
    }

    [Fact]
    public async Task A_session_that_ends_while_it_upgrades_closes_the_probe()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await server.PostAsync(sid, "1")).IsPayload("ok");
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task The_heartbeat_goes_on_across_the_switch()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(24));
        using var socket = await server.UpgradeAsync(sid);
        _time.Advance(TimeSpan.FromSeconds(1) + Tick);
        Assert.Equal("2", await socket.ReadTextAsync());
        _time.Advance(TimeSpan.FromSeconds(20) + Tick);
        Assert.Equal(1005, await socket.ReadCloseCodeAsync());
        Assert.Equal("ping timeout", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_ping_that_waits_goes_over_the_WebSocket()
    {
        await using var server = await StartAsync(time: _time);
        var sid = await server.OpenAsync();
        _time.Advance(TimeSpan.FromSeconds(25) + Tick);
        using var socket = await server.UpgradeAsync(sid);
        Assert.Equal("2", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task What_the_WebSocket_brings_waits_for_the_POST_before_it()
    {
        await using var server = await StartAsync();
        var release = new TaskCompletionSource();
        server.Handler.Message = (_, message) => message.Data.Span.SequenceEqual("first"u8) ? new ValueTask(release.Task) : default;
        var sid = await server.OpenAsync();
        var post = server.PostAsync(sid, "4first\x1e" + "4second");
        await server.Handler.CallAsync("text first");
        using var socket = await server.UpgradeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("4third"));
        Assert.Equal(["opened", "text first"], server.Handler.Calls);
        release.SetResult();
        (await post).IsPayload("ok");
        await server.Handler.CallAsync("text third");
        Assert.Equal(["opened", "text first", "text second", "text third"], server.Handler.Calls);
    }

    private static async Task AssertWorksOverPollingAsync(EngineIoServer server, string sid)
    {
        (await server.PostAsync(sid, "4still here")).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload("4still here");
    }
}
