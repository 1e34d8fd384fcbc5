using Arauto.Redis;
using Arauto.Redis.Clusters;
using Arauto.Redis.Links;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A real Redis Cluster.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_of_all_slots_are_served_and_scripts_too()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var redis = await ConnectAsync(set);
        var script = new RedisScript("return redis.call('GET', KEYS[1])");
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            await redis.ExecuteAsync(new RedisCommand("SET", $"k{i}", i), Cancellation);
            Assert.Equal(i, (await redis.ExecuteAsync(RedisCommand.Call(script, [$"k{i}"], []), Cancellation)).AsInteger());
        }));
        var sizes = await redis.ExecuteOnMastersAsync(new RedisCommand("DBSIZE"), Cancellation);
        Assert.Equal(3, sizes.Length);
        Assert.Equal(300, sizes.Sum(size => size.Integer));
        Assert.All(sizes, size => Assert.True(size.Integer > 50));
        Assert.Equal("PONG", (await redis.ExecuteAsync(new RedisCommand("PING"), Cancellation)).AsString());
    }

    [Fact]
    public async Task Slots_are_computed_as_the_server_does()
    {
        await using var set = await ClusterSet.StartAsync();
        var random = Seed.CreateRandom();
        string[] keys = ["", "{}", "{}a", "a{b}c{d}", "{{a}}", "a{b", "}{", .. Enumerable.Range(0, 200).Select(_ => RandomKey(random))];
        foreach (var chunk in keys.Chunk(50))
            foreach (var key in chunk)
                Assert.Equal((await set.Nodes[0].AskAsync("CLUSTER", "KEYSLOT", key)).Integer, HashSlot.Of(System.Text.Encoding.UTF8.GetBytes(key)));
    }

    [Fact]
    public async Task A_slot_on_its_way_is_asked_for_where_it_goes()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var redis = await ConnectAsync(set);
        var slot = HashSlot.Of("{s}"u8);
        var from = (await set.FindOwnerAsync(slot))!;
        var to = set.Nodes.First(node => node != from);
        await redis.ExecuteAsync(new RedisCommand("SET", "{s}1", "one"), Cancellation);
        await redis.ExecuteAsync(new RedisCommand("SET", "{s}2", "two"), Cancellation);
        await ClusterSet.BeginMoveAsync(slot, from, to);
        await ClusterSet.MoveKeysAsync(from, to, "{s}1");
        Assert.Equal("one", (await redis.ExecuteAsync(new RedisCommand("GET", "{s}1"), Cancellation)).AsString());
        Assert.Equal("two", (await redis.ExecuteAsync(new RedisCommand("GET", "{s}2"), Cancellation)).AsString());
        await redis.ExecuteAsync(new RedisCommand("SET", "{s}3", "three"), Cancellation);
        // Both keys at once are nowhere: the server says TRYAGAIN until the move is over.
        var both = redis.ExecuteAsync(new RedisCommand("MGET", "{s}1", "{s}2"), Cancellation).AsTask();
        await ClusterSet.MoveKeysAsync(from, to, "{s}2");
        Assert.Equal(["one", "two"], (await both).Items.ToArray().Select(item => item.AsString()));
        await set.EndMoveAsync(slot, to);
        Assert.Equal("three", (await redis.ExecuteAsync(new RedisCommand("GET", "{s}3"), Cancellation)).AsString());
    }

    [Fact]
    public async Task Counters_stay_exact_while_their_slots_move()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var redis = await ConnectAsync(set);
        var random = Seed.CreateRandom();
        using var enough = new CancellationTokenSource();
        var counters = Enumerable.Range(0, 12).Select(i => Task.Run(() => CountUntilAsync(redis, $"counter:{i}", enough.Token), Cancellation)).ToArray();
        for (var move = 0; move < 60; move++)
            await set.MoveSlotAsync(HashSlot.Of(System.Text.Encoding.UTF8.GetBytes($"counter:{random.Next(counters.Length)}")), set.Nodes[random.Next(3)]);
        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(counters), count => Assert.True(count > 10));
    }

    [Fact]
    public async Task Topics_of_every_kind_are_heard_and_sharded_ones_move_with_their_slot()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var redis = await ConnectAsync(set);
        var sharded = Enumerable.Range(0, 20).Select(i => (Topic: RedisTopic.Sharded($"s{i}"), Handler: new RecordingTopic())).ToArray();
        var exact = new RecordingTopic();
        var pattern = new RecordingTopic();
        foreach (var (topic, handler) in sharded) redis.Subscribe(topic, handler);
        redis.Subscribe(RedisTopic.Exact("e"), exact);
        redis.Subscribe(RedisTopic.Pattern("?"), pattern);
        await Eventually.TrueAsync("all are confirmed", () => sharded.All(one => redis.IsSubscribed(one.Topic)) && redis.IsSubscribed(RedisTopic.Exact("e")) && redis.IsSubscribed(RedisTopic.Pattern("?")));
        foreach (var node in set.Nodes) await node.AskAsync("PUBLISH", "e", "hello");
        await Eventually.TrueAsync("every node's message is heard", () => exact.Messages.Count == 3 && pattern.Messages.Count == 3);
        var random = Seed.CreateRandom();
        for (var round = 1; round <= 5; round++)
        {
            var (topic, handler) = sharded[random.Next(sharded.Length)];
            await set.MoveSlotAsync(HashSlot.Of(System.Text.Encoding.UTF8.GetBytes(topic.Name)), set.Nodes[random.Next(3)]);
            var message = (topic.Name, $"hello {round}");
            await Eventually.TrueAsync("it is heard where it is now", async () =>
            {
                await redis.ExecuteAsync(new RedisCommand("SPUBLISH", message.Name, message.Item2), Cancellation);
                return handler.Messages.Contains(message);
            });
        }
    }

    [Fact]
    public async Task A_topic_that_is_given_up_while_its_slot_leaves_the_server_harms_no_other()
    {
        await using var set = await ClusterSet.StartAsync();
        await using var redis = await ConnectAsync(set);
        var slot = HashSlot.Of("{s}"u8);
        var from = (await set.FindOwnerAsync(slot))!;
        var to = set.Nodes.First(node => node != from);
        var stays = await SubscribeOnAsync(redis, set, from, slot);
        var leaving = RedisTopic.Sharded("{s}");
        redis.Subscribe(leaving, new RecordingTopic());
        await Eventually.TrueAsync("it is confirmed", () => redis.IsSubscribed(leaving));
        await ClusterSet.BeginMoveAsync(slot, from, to);
        // The server pushes that the topic has gone with its slot, and only then reads that it is given up.
        await using (var busy = await BusyAsync(from, "CLUSTER", "SETSLOT", slot, "NODE", (await to.AskAsync("CLUSTER", "MYID")).AsString()!))
        {
            redis.Unsubscribe(leaving);
            await busy.ExecuteAsync(new RedisCommand("PING"), Cancellation);
        }
        var last = await SubscribeOnAsync(redis, set, from, slot);
        await Eventually.TrueAsync("it is told so", () => last.Subscriptions > 0);
        Assert.Equal(1, last.Subscriptions);
        Assert.Equal(1, stays.Subscriptions);
        await set.EndMoveAsync(slot, to);
    }

    [Fact]
    public async Task A_killed_master_is_replaced_and_its_topics_move()
    {
        await using var set = await ClusterSet.StartAsync(hasReplicas: true);
        await using var redis = await ConnectAsync(set);
        var sharded = RedisTopic.Sharded("{a}");
        var handler = new RecordingTopic();
        var exact = Enumerable.Range(0, 5).Select(i => RedisTopic.Exact($"e{i}")).ToArray();
        redis.Subscribe(sharded, handler);
        foreach (var topic in exact) redis.Subscribe(topic, handler);
        await Eventually.TrueAsync("all are confirmed", () => redis.IsSubscribed(sharded) && exact.All(redis.IsSubscribed));
        await redis.ExecuteAsync(new RedisCommand("SET", "{a}", "kept") { IsReplicated = true }, Cancellation);
        var owner = (await set.FindOwnerAsync(HashSlot.Of("{a}"u8)))!;
        owner.Kill();
        await Eventually.TrueAsync("the loss is noticed", () => !redis.IsConnected);
        await Eventually.TrueAsync("its replica serves", () => redis.IsConnected && redis.IsSubscribed(sharded) && exact.All(redis.IsSubscribed));
        Assert.Equal("kept", (await redis.ExecuteAsync(new RedisCommand("GET", "{a}"), Cancellation)).AsString());
        await redis.ExecuteAsync(new RedisCommand("SPUBLISH", "{a}", "hello"), Cancellation);
        await Eventually.TrueAsync("it is heard", () => handler.Messages.Contains(("{a}", "hello")));
    }

    /// <summary>Subscribes a sharded topic that a server has, and that is of another slot.</summary>
    private static async Task<RecordingTopic> SubscribeOnAsync(RedisClient redis, ClusterSet set, RedisProcess server, int otherSlot)
    {
        while (true)
        {
            var topic = RedisTopic.Sharded($"{Random.Shared.Next()}");
            var slot = HashSlot.Of(System.Text.Encoding.UTF8.GetBytes(topic.Name));
            if (slot == otherSlot || await set.FindOwnerAsync(slot) != server) continue;
            var handler = new RecordingTopic();
            redis.Subscribe(topic, handler);
            await Eventually.TrueAsync("it is confirmed", () => redis.IsSubscribed(topic) && handler.Subscriptions > 0);
            return handler;
        }
    }

    /// <summary>Has a server do nothing for a second, and then a command before it reads what came meanwhile.</summary>
    private static async Task<RedisConnection> BusyAsync(RedisProcess server, string name, params RedisArg[] args)
    {
        const string Second = "local function now() local t = redis.call('TIME') return t[1] + t[2] / 1000000 end local start = now() repeat until now() > start + 1";
        Assert.True(RedisAddress.TryParse($"redis://127.0.0.1:{server.Port}", out var address));
        var connector = new RedisConnector(new RedisClientOptions { Address = address!, CommandTimeout = TimeSpan.FromSeconds(20) }, TimeProvider.System);
        var connection = await connector.OpenAnyAsync(address!.Hosts[0], Cancellation);
        await connection.ExecuteAsync(new RedisCommand("MULTI"), Cancellation);
        await connection.ExecuteAsync(new RedisCommand("EVAL", Second, 0), Cancellation);
        await connection.ExecuteAsync(new RedisCommand(name, args), Cancellation);
        var done = connection.ExecuteAsync(new RedisCommand("EXEC"), Cancellation);
        // One that is not answered for a while has met the server at work.
        while (!done.IsCompleted && await Task.WhenAny(server.AskAsync("PING"), Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation)) is Task<RedisReply>)
        {
        }
        return connection;
    }

    private static async Task<RedisClient> ConnectAsync(ClusterSet set)
    {
        var redis = RedisServer.Connect(set.Url);
        await Eventually.TrueAsync("every master is connected", () => redis.IsConnected);
        return redis;
    }

    private static async Task<long> CountUntilAsync(RedisClient redis, string key, CancellationToken enough)
    {
        var count = 0L;
        while (!enough.IsCancellationRequested) Assert.Equal(++count, (await redis.ExecuteAsync(new RedisCommand("INCR", key), Cancellation)).Integer);
        return count;
    }

    private static string RandomKey(Random random) => new([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => "{}ab\u00e9"[random.Next(5)])]);
}
