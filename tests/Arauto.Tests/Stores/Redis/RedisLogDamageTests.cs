using Arauto.Feeds;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Redis;
using Arauto.Stores;
using Arauto.Stores.Redis;
using Arauto.Tests.Connections;
using Arauto.Tests.Gateways;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Stores.Redis;

/// <summary>Somebody's hands in the data: nobody is stuck, and nobody misses anything without a word.</summary>
public sealed class RedisLogDamageTests(SharedRedis redis) : IClassFixture<SharedRedis>
{
    private const string Channel = "public:damaged";
    private readonly string _prefix = SharedRedis.NextPrefix();

    private string Messages => $"{_prefix}arauto:log:{{c:{Channel}}}";

    private string State => $"{_prefix}arauto:state:{{c:{Channel}}}";

    [Fact]
    public async Task A_missing_message_ends_a_page_and_is_told_as_a_gap_to_who_reads_on()
    {
        var log = await WrittenAsync(8);
        await redis.Server.CommandAsync("XDEL", Messages, "4-0", "5-0");

        Assert.Equal([1, 2, 3], Offsets(await log.ReadAsync(Channel)));
        var rest = await log.ReadAsync(Channel, after: 3);
        Assert.Equal([6, 7, 8], Offsets(rest));
        Assert.Equal(new Continuation(rest.Messages[0].Position with { Offset = 5 }, GapReason.Trimmed), rest.Resolve(rest.Messages[0].Position with { Offset = 3 }));
        Assert.Equal([6, 7, 8], Offsets(await log.ReadBeforeAsync(Channel, long.MaxValue, 10, TestContext.Current.CancellationToken)));
        Assert.Equal([1, 2, 3], Offsets(await log.ReadBeforeAsync(Channel, 6, 10, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_passed_over_also_at_the_end()
    {
        var log = await WrittenAsync(2);
        await redis.Server.CommandAsync("XADD", Messages, "3-0", "t", "1", "m", "rubbish");
        await redis.Server.CommandAsync("HSET", $"{_prefix}arauto:state:{{c:{Channel}}}", "t", "3");

        var page = await log.ReadAsync(Channel, after: 2);
        Assert.Equal((4, 3, 0), (page.Oldest, page.Top, page.Messages.Count));
        await log.AppendAsync(Channel);
        Assert.Equal([4], Offsets(await log.ReadAsync(Channel, after: 2)));
        Assert.Equal([1, 2], Offsets(await log.ReadAsync(Channel)));
    }

    [Fact]
    public async Task A_stream_that_is_gone_leaves_a_gap_and_the_offsets_go_on()
    {
        var log = await WrittenAsync(3);
        await redis.Server.CommandAsync("DEL", Messages);

        var page = await log.ReadAsync(Channel, after: 1);
        Assert.Equal((4, 3, 0), (page.Oldest, page.Top, page.Messages.Count));
        Assert.Equal(4, (await log.AppendAsync(Channel)).Position.Offset);
    }

    [Fact]
    public async Task Messages_without_their_state_are_forgotten_and_no_position_names_two()
    {
        var log = await WrittenAsync(2);
        var lost = (await log.ReadAsync(Channel)).Messages[0].Position;
        // As a server does that evicts.
        await redis.Server.CommandAsync("DEL", State);

        Assert.Equal(GapReason.EpochChanged, (await log.ReadAsync(Channel)).Resolve(lost).Gap);
        var first = (await log.AppendAsync(Channel)).Position;
        Assert.Equal(1, first.Offset);
        Assert.NotEqual(lost.Epoch, first.Epoch);
        Assert.Equal([1], Offsets(await log.ReadAsync(Channel)));
    }

    [Fact]
    public async Task What_lies_above_the_top_is_not_of_the_log_and_holds_no_reader_up()
    {
        var log = await WrittenAsync(3);
        await redis.Server.CommandAsync("XDEL", Messages, "3-0");
        await redis.Server.CommandAsync("XADD", Messages, "10-0", "t", "1", "m", "rubbish");

        var page = await log.ReadAsync(Channel, after: 2);
        Assert.Equal((4, 3, 0), (page.Oldest, page.Top, page.Messages.Count));
        Assert.Equal([1, 2], Offsets(await log.ReadAsync(Channel)));
        Assert.Equal([2], Offsets(await log.ReadBeforeAsync(Channel, long.MaxValue, 1, TestContext.Current.CancellationToken)));
        await redis.Server.CommandAsync("XDEL", Messages, "1-0", "2-0");
        Assert.Equal((4, 3), (await log.ReadAsync(Channel)) is var empty ? (empty.Oldest, empty.Top) : default);
    }

    [Theory]
    [InlineData("SET", "1")]
    [InlineData("HSET", "e", "rubbish")]
    public async Task A_damaged_state_keeps_no_other_channel_from_being_seen(string command, params string[] rest)
    {
        var log = await WrittenAsync(3);
        await log.AppendAsync("public:well");
        if (command == "SET") await redis.Server.CommandAsync("DEL", State);
        await redis.Server.CommandAsync(command, [State, .. rest.Select(part => (RedisArg)part)]);

        var tops = await log.ReadTopsAsync(["public:well", Channel, "public:none"], TestContext.Current.CancellationToken);

        Assert.Equal([1, 0, 0], tops.Select(top => top.Offset));
        Assert.Equal([false, true, false], tops.Select(top => top.Epoch == Epoch.None));
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await log.ReadTopsAsync([Channel], TestContext.Current.CancellationToken));
        Assert.Contains(Channel, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_without_its_numbers_is_seen_at_the_front()
    {
        var log = await WrittenAsync(3);
        await redis.Server.CommandAsync("HDEL", State, "t", "l");
        Assert.Equal(0, (await log.ReadTopsAsync([Channel], TestContext.Current.CancellationToken))[0].Offset);
    }

    [Fact]
    public async Task Damage_is_logged_once_for_a_channel()
    {
        using var lines = new LoggedLines();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(lines));
        var log = new RedisStore(redis.Redis, _prefix, new RedisStoreOptions(), TimeProvider.System, loggers).Log;
        for (var i = 0; i < 3; i++) await log.AppendAsync(Channel);
        await redis.Server.CommandAsync("XDEL", Messages, "2-0");
        for (var i = 0; i < 5; i++) await log.ReadAsync(Channel);
        await lines.HasOneAsync(line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_key_of_another_kind_is_a_store_that_says_so()
    {
        var log = await WrittenAsync(1);
        await redis.Server.CommandAsync("SET", Messages, "1");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await log.AppendAsync(Channel));
        Assert.Contains("WRONGTYPE", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribers_get_past_the_damage()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        var store = redis.CreateStore(time, _prefix);
        await using var node = await TestNode.StartAsync(null, store, time);
        await using var client = await node.ConnectAsync("alice");
        (await client.SubscribeAsync(Channel)).IsReply();
        for (var i = 0; i < 4; i++) await store.Log.AppendAsync(Channel, now: time.GetUtcNow());
        await redis.Server.CommandAsync("XDEL", Messages, "2-0");

        time.Advance(FeedRegistry.CompareInterval);

        Assert.Equal(1, (await client.ReceiveAsync()).Offset());
        var gap = await client.ReceiveAsync();
        Assert.Equal(("gap", 2, 2, "trimmed"), (gap.Type(), (long)gap["from"]!, (long)gap["to"]!, (string)gap["reason"]!));
        Assert.Equal(3, (await client.ReceiveAsync()).Offset());
        Assert.Equal(4, (await client.ReceiveAsync()).Offset());
    }

    private async Task<IChannelLog> WrittenAsync(int messages)
    {
        var log = redis.CreateStore(TimeProvider.System, _prefix).Log;
        for (var i = 0; i < messages; i++) await log.AppendAsync(Channel);
        return log;
    }

    private static IEnumerable<long> Offsets(LogPage page) => page.Messages.Select(message => message.Position.Offset);
}
