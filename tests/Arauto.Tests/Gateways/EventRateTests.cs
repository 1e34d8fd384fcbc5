using System.Text.Json;
using Arauto.Gateways;

namespace Arauto.Tests.Gateways;

/// <summary>Rates of events, per socket.</summary>
public sealed class EventRateTests
{
    [Fact]
    public async Task Beyond_its_rate_an_event_is_refused_until_a_token_is_back()
    {
        var bench = new GatewayBench();
        var calls = 0;
        bench.Builder.On("draw", () => ++calls, perSecond: 2, burst: 3);
        var socket = GatewayBench.NewSocket();
        for (var i = 1; i <= 3; i++) Assert.Equal($"[{i}]", await bench.SendAsync("draw", socket: socket));
        var error = JsonElement.Parse(await bench.SendAsync("draw", socket: socket))[0].GetProperty("error");
        Assert.Equal("rate_limited", error.GetProperty("code").GetString());
        Assert.Equal(0.5, error.GetProperty("retry_after").GetDouble());
        bench.Time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal("[4]", await bench.SendAsync("draw", socket: socket));
        Assert.Contains("rate_limited", await bench.SendAsync("draw", socket: socket));
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Each_socket_and_each_event_has_its_own_bucket()
    {
        var bench = GatewayBench.Of<Limited>();
        var socket = GatewayBench.NewSocket();
        Assert.Equal("[]", await bench.SendAsync("draw", socket: socket));
        Assert.Contains("rate_limited", await bench.SendAsync("draw", socket: socket));
        Assert.Equal("[]", await bench.SendAsync("draw", socket: GatewayBench.NewSocket()));
        Assert.Equal("[]", await bench.SendAsync("erase", socket: socket));
        Assert.Contains("rate_limited", await bench.SendAsync("erase", socket: socket));
        for (var i = 0; i < 100; i++) Assert.Equal("[]", await bench.SendAsync("move", socket: socket));
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(1, 1)]
    [InlineData(2.5, 3)]
    public async Task Without_a_burst_the_events_of_one_second_may_come_at_once(double perSecond, int atOnce)
    {
        var bench = new GatewayBench();
        bench.Builder.On("draw", () => { }, perSecond);
        var socket = GatewayBench.NewSocket();
        for (var i = 0; i < atOnce; i++) Assert.Equal("[]", await bench.SendAsync("draw", socket: socket));
        Assert.Contains("rate_limited", await bench.SendAsync("draw", socket: socket));
    }

    [Fact]
    public async Task What_is_refused_reaches_no_filter_and_no_listener()
    {
        var bench = new GatewayBench();
        var seen = 0;
        bench.Builder.On("draw", () => { }, perSecond: 1).OnAny(() => { seen++; }).AddFilter((context, next) =>
        {
            seen++;
            return next(context);
        });
        var socket = GatewayBench.NewSocket();
        await bench.SendAsync("draw", socket: socket);
        Assert.Equal(2, seen);
        await bench.SendAsync("draw", socket: socket);
        Assert.Equal(2, seen);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(1, -1)]
    [InlineData(0, 5)]
    public void A_rate_that_is_none_is_refused_at_start(double perSecond, int burst) =>
        Assert.Contains("\"draw\" in /test", Assert.Throws<ArgumentException>(() => new GatewayBench().Builder.On("draw", () => { }, perSecond, burst)).Message);

    public sealed class Limited : Gateway
    {
        [Event("draw", PerSecond = 1)]
        [Event("erase", PerSecond = 1)]
        public static void Draw()
        {
        }

        [Event("move")]
        public static void Move()
        {
        }
    }
}
