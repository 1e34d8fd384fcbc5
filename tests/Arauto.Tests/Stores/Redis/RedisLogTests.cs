using Arauto.Backplanes;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Redis;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Stores.Redis;

/// <summary>What the log in Redis does beyond what every log must.</summary>
public sealed class RedisLogTests(SharedRedis redis) : IClassFixture<SharedRedis>
{
    private readonly string _prefix = SharedRedis.NextPrefix();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_append_tells_the_nodes_and_a_repetition_does_not()
    {
        var log = redis.CreateStore(_time, _prefix).Log;
        await using var client = redis.Server.CreateClient();
        var topic = RedisTopic.Exact($"{_prefix}arauto:hint:{{c:doc:a}}");
        var hints = new RecordedHints();
        client.Subscribe(topic, hints);
        await Eventually.TrueAsync("the topic is subscribed", () => client.IsSubscribed(topic));

        var first = await log.AppendAsync("doc:a", "\"å\"", key: "k");
        await log.AppendAsync("doc:a", "\"å\"", key: "k");
        var second = await log.AppendAsync("doc:a");

        Assert.True(first.IsHinted && second.IsHinted);
        await Eventually.TrueAsync("two hints have come", () => hints.Payloads.Count >= 2);
        Assert.Equal(2, hints.Payloads.Count);
        var messages = hints.Payloads.Select(hint => Assert.IsType<Arauto.Protocol.Frames.MessageFrame>(HintCodec.TryDecode("doc:a", hint, out var message) ? message : null)).ToList();
        Assert.Equal([first.Position, second.Position], messages.Select(message => message.Position));
        var kept = (await log.ReadAsync("doc:a")).Messages[0];
        Assert.Equal((kept.Id, kept.Event, kept.Timestamp), (messages[0].Id, messages[0].Event, messages[0].Timestamp));
        Assert.Equal(kept.Data.ToArray(), messages[0].Data.ToArray());
    }

    [Fact]
    public async Task Pages_end_at_their_bytes_and_readers_get_all()
    {
        var log = redis.CreateStore(_time, _prefix).Log;
        var large = $"\"{new string('x', 1_000_000)}\"";
        for (var i = 0; i < 12; i++) await log.AppendAsync("doc:a", large);

        var read = 0;
        var pages = 0;
        for (LogPage page; read < 12; pages++)
        {
            page = await log.ReadAsync("doc:a", after: read, limit: 256);
            Assert.InRange(page.Messages.Count, 1, 6);
            Assert.Equal(read + 1, page.Messages[0].Position.Offset);
            read += page.Messages.Count;
        }
        Assert.InRange(pages, 2, 12);
        Assert.InRange((await log.ReadBeforeAsync("doc:a", long.MaxValue, 256, Token)).Messages.Count, 1, 6);
    }

    [Fact]
    public async Task A_bound_that_is_lowered_is_reached_in_steps()
    {
        var log = redis.CreateStore(_time, _prefix).Log;
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => log.AppendAsync("doc:a").AsTask()));
        var retention = new Retention(10, TimeSpan.Zero);

        await log.AppendAsync("doc:a", retention: retention);
        Assert.InRange((await log.ReadAsync("doc:a")).Oldest, 500, 1101);
        for (var i = 0; i < 10; i++) await log.AppendAsync("doc:a", retention: retention);

        var page = await log.ReadAsync("doc:a");
        Assert.Equal((5002, 5011), (page.Oldest, page.Top));
    }

    [Fact]
    public async Task A_channel_with_an_age_expires_when_nobody_uses_it_and_one_without_stays()
    {
        var log = redis.CreateStore(_time, _prefix).Log;
        await log.AppendAsync("doc:a");
        await log.AppendAsync("doc:b", retention: new Retention(0, TimeSpan.FromHours(1)), now: _time.GetUtcNow());
        await log.AppendAsync("doc:c", key: "k", retention: new Retention(0, TimeSpan.FromDays(7)), now: _time.GetUtcNow());
        await log.AppendAsync("room:a");

        Assert.Equal((-1, -1), (await LifeAsync("log", "doc:a"), await LifeAsync("state", "doc:a")));
        // Not a room's name.
        Assert.Equal((-1, -1), (await LifeAsync("log", "room:a"), await LifeAsync("state", "room:a")));
        Assert.InRange(await LifeAsync("log", "doc:b"), 1, 1.1);
        Assert.InRange(await LifeAsync("state", "doc:b"), 25.9, 26);
        Assert.InRange(await LifeAsync("log", "doc:c"), 7 * 24, (7 * 24) + 0.1);
        Assert.InRange(await LifeAsync("state", "doc:c"), (7 * 24) + 1.9, (7 * 24) + 2.1);
        Assert.InRange((await redis.Server.CommandAsync("PTTL", $"{_prefix}arauto:key:{{c:doc:c}} k")).AsInteger() / 3.6e6, 23.9, 24);
    }

    [Fact]
    public async Task Whoever_listens_keeps_a_channel_from_expiring()
    {
        var log = redis.CreateStore(_time, _prefix).Log;
        var top = (await log.AppendAsync("doc:a", retention: new Retention(0, TimeSpan.FromHours(1)), now: _time.GetUtcNow())).Position;
        await redis.Server.CommandAsync("PEXPIRE", $"{_prefix}arauto:state:{{c:doc:a}}", 60_000);

        Assert.Equal([top], await log.ReadTopsAsync(["doc:a"], Token));

        Assert.InRange(await LifeAsync("state", "doc:a"), 25.9, 26);
    }

    [Fact]
    public async Task Who_saw_a_channel_empty_is_told_of_a_gap_if_a_shorter_life_may_have_come_and_gone_since()
    {
        var log = redis.CreateStore(_time, _prefix).Log;
        var empty = (await log.ReadTopsAsync(["doc:a"], Token))[0];
        // Now the log lives for a week; before, its messages may have had an age of an hour.
        await log.AppendAsync("doc:a", retention: new Retention(0, TimeSpan.FromDays(7)), now: _time.GetUtcNow());

        var page = await log.ReadAsync("doc:a");
        Assert.Null(page.Resolve(empty).Gap);
        Assert.Null(page.Resolve(empty with { Epoch = new Epoch(empty.Epoch.Value - 24) }).Gap);
        Assert.Equal(GapReason.EpochChanged, page.Resolve(empty with { Epoch = new Epoch(empty.Epoch.Value - 27) }).Gap);
    }

    [Fact]
    public async Task A_key_keeps_the_state_for_as_long_as_it_is_remembered()
    {
        var options = new RedisLogOptions { IdempotencyWindow = TimeSpan.FromHours(100), ShortestLife = TimeSpan.Zero };
        var log = new RedisChannelLog(redis.Redis, new RedisKeys(_prefix, isCluster: false), options, new RedisDurability(redis.Redis, _time, NullLogger<RedisDurability>.Instance), null, _time, NullLogger<RedisChannelLog>.Instance);
        var retention = new Retention(0, TimeSpan.FromMinutes(6));
        await log.AppendAsync("io:a", retention: retention, now: _time.GetUtcNow());
        Assert.InRange(await LifeAsync("state", "io:a"), 2, 2.2);
        await log.AppendAsync("io:a", key: "k", retention: retention, now: _time.GetUtcNow());
        Assert.InRange(await LifeAsync("state", "io:a"), 101.9, 102);
        _time.Advance(TimeSpan.FromHours(50));
        await log.AppendAsync("io:a", retention: retention, now: _time.GetUtcNow());
        Assert.InRange(await LifeAsync("state", "io:a"), 51.9, 52);
    }

    [Theory]
    [InlineData("noeviction", "yes", true)]
    [InlineData("noeviction", "no", false)]
    [InlineData("allkeys-lru", "yes", false)]
    // What a channel with an age has in Redis expires, so it could be evicted.
    [InlineData("volatile-ttl", "yes", false)]
    public async Task An_append_is_durable_if_the_server_writes_to_disk_and_evicts_nothing(string policy, string appendOnly, bool isDurable)
    {
        await using var server = await RedisServer.StartAsync();
        await Eventually.TrueAsync("the client is connected", () => server.Redis.IsConnected);
        var store = new RedisStore(server.Redis, "", new RedisStoreOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        var first = await store.Log.AppendAsync("doc:a", key: "k");
        Assert.True(first.IsDurable);
        Assert.Equal(first with { IsDuplicate = true }, await store.Log.AppendAsync("doc:a", key: "k"));

        await server.CommandAsync("CONFIG", "SET", "maxmemory-policy", policy, "appendonly", appendOnly);
        await store.CheckAsync(Token);

        Assert.Equal(isDurable, (await store.Log.AppendAsync("doc:a")).IsDurable);
    }

    [Fact]
    public async Task A_server_that_has_started_anew_is_looked_at_before_it_is_believed()
    {
        await using var server = await RedisServer.StartAsync();
        await Eventually.TrueAsync("the client is connected", () => server.Redis.IsConnected);
        var store = new RedisStore(server.Redis, "", new RedisStoreOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        Assert.True((await store.Log.AppendAsync("doc:a")).IsDurable);
        await server.CommandAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        // Nobody has looked since.
        Assert.True((await store.Log.AppendAsync("doc:a")).IsDurable);
        // As if another server had taken over, with the same data.
        await server.CommandAsync("REPLICAOF", "127.0.0.1", "1");
        await server.CommandAsync("REPLICAOF", "NO", "ONE");
        AppendResult after = default;
        await Eventually.TrueAsync("an append is confirmed", async () => (after = await store.Log.TryAppendAsync("doc:a", "k") ?? default) != default);
        Assert.False(after.IsDurable);
    }

    private async Task<double> LifeAsync(string kind, string channel) =>
        (await redis.Server.CommandAsync("PTTL", $"{_prefix}arauto:{kind}:{{c:{channel}}}")).AsInteger() is var life && life < 0 ? life : life / 3.6e6;
}
