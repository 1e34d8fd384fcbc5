using Arauto.Backplanes.Redis;
using Arauto.Metrics;
using Arauto.Redis;
using Arauto.Tests.Gateways;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Backplanes.Redis;

public sealed class RedisHealthTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ManualTimeProvider _time = new();
    private readonly HeldRedis _redis = new();
    private readonly ArautoMetrics _metrics = new();
    private readonly LoggedLines _lines = new();
    private readonly ILoggerFactory _loggers;
    private readonly RedisHealth _health;

    public RedisHealthTests()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_lines));
        _health = new RedisHealth(_redis, new CircuitBreaker(TimeSpan.FromSeconds(30), _time), "canary", _metrics, _time, _loggers.CreateLogger<RedisHealth>());
        // No canary is sent in the moment in which it is made.
        _time.Advance(TimeSpan.FromTicks(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _health.DisposeAsync();
        _loggers.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_way_that_takes_longer_than_the_interval_is_up_all_the_time()
    {
        var starting = _health.StartAsync(TestContext.Current.CancellationToken);
        // Each canary is heard two intervals after it was sent; its reply, which is on its way as well, is not waited for.
        for (var sent = 1; sent <= 7; sent++)
        {
            await SentAsync(sent);
            if (sent > 2) Hear(sent - 2);
            if (sent > 2) Assert.True(_health.IsUp);
            _time.Advance(Interval);
            if (sent > 2) Assert.True(_health.IsUp);
        }
        await starting;
    }

    [Fact]
    public async Task Canaries_that_are_not_answered_do_not_heap_up()
    {
        var starting = _health.StartAsync(TestContext.Current.CancellationToken);
        for (var sent = 1; sent <= 8; sent++)
        {
            await SentAsync(sent);
            _time.Advance(Interval);
        }
        await starting;
        for (var i = 0; i < 20; i++) _health.OnSubscribed();
        Assert.Equal(8, _redis.Published.Count);
    }

    [Fact]
    public async Task That_the_way_does_not_work_at_the_start_is_logged_as_well_once_it_is_known()
    {
        var starting = _health.StartAsync(TestContext.Current.CancellationToken);
        for (var sent = 1; sent <= 4; sent++)
        {
            await SentAsync(sent);
            Assert.DoesNotContain(_lines.All, line => line.Level == LogLevel.Warning);
            _time.Advance(Interval);
        }
        await starting;
        await Eventually.TrueAsync("a warning says so", () => _lines.All.Any(line => line.Level == LogLevel.Warning));
        Hear(4);
        _time.Advance(Interval);
        await Eventually.TrueAsync("the log says that it works", () => _lines.All.Any(line => line.Level == LogLevel.Information));
        Assert.Equal(2, _lines.All.Count(line => line.Level > LogLevel.Debug));
    }

    private void Hear(int number) => _health.OnMessage("canary", _redis.Published.ElementAt(number - 1));

    private Task SentAsync(int count) => Eventually.TrueAsync($"{count} canaries are sent", () => _redis.Published.Count >= count);
}
