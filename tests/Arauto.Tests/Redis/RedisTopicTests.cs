using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>Subscriptions on a real redis-server.</summary>
public sealed class RedisTopicTests
{
    [Fact]
    public async Task Topics_of_every_kind_get_their_messages()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var exact = await SubscribeAsync(redis, RedisTopic.Exact("news"));
        var pattern = await SubscribeAsync(redis, RedisTopic.Pattern("ne?s*"));
        var sharded = await SubscribeAsync(redis, RedisTopic.Sharded("news"));
        await server.CommandAsync("PUBLISH", "news", "one");
        await server.CommandAsync("PUBLISH", "nexs-2", "two");
        await server.CommandAsync("SPUBLISH", "news", "three");
        await server.CommandAsync("PUBLISH", "other", "four");
        await Eventually.TrueAsync("all are there", () => exact.Messages.Count + pattern.Messages.Count + sharded.Messages.Count == 4);
        Assert.Equal([("news", "one")], exact.Messages);
        Assert.Equal([("news", "one"), ("nexs-2", "two")], pattern.Messages);
        Assert.Equal([("news", "three")], sharded.Messages);
    }

    [Fact]
    public async Task What_is_not_wanted_any_more_is_given_up()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var topic = RedisTopic.Exact("news");
        var first = await SubscribeAsync(redis, topic);
        redis.Unsubscribe(topic);
        Assert.False(redis.IsSubscribed(topic));
        await Eventually.TrueAsync("nobody listens", async () => (await server.CommandAsync("PUBSUB", "NUMSUB", "news")).Items[1].AsInteger() == 0);
        var second = await SubscribeAsync(redis, topic);
        await server.CommandAsync("PUBLISH", "news", "again");
        await Eventually.TrueAsync("it is heard again", () => second.Messages.Count == 1);
        Assert.Empty(first.Messages);
    }

    [Fact]
    public async Task Wants_of_a_moment_end_as_the_last_one_says()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var random = Seed.CreateRandom();
        var handlers = new RecordingTopic?[20];
        for (var step = 0; step < 5000; step++)
        {
            var i = random.Next(handlers.Length);
            var topic = RedisTopic.Exact($"t{i}");
            if (random.Next(2) == 0) redis.Subscribe(topic, handlers[i] = new RecordingTopic());
            else
            {
                redis.Unsubscribe(topic);
                handlers[i] = null;
            }
        }
        await Eventually.TrueAsync("every wanted topic is confirmed", () => Enumerable.Range(0, handlers.Length).All(i => redis.IsSubscribed(RedisTopic.Exact($"t{i}")) == handlers[i] is not null));
        // The last UNSUBSCRIBE of a topic may still be on its way.
        for (var i = 0; i < handlers.Length; i++)
            await Eventually.TrueAsync($"t{i} is given up if it is not wanted", async () => await IsWantedAsync(server, $"t{i}") == handlers[i] is not null);
        for (var i = 0; i < handlers.Length; i++) await server.CommandAsync("PUBLISH", $"t{i}", $"m{i}");
        await Eventually.TrueAsync("each has its message", () => handlers.All(handler => handler is null || handler.Messages.Count == 1));
    }

    [Fact]
    public async Task A_cut_subscriber_subscribes_again_and_says_so()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        var topics = Enumerable.Range(0, 500).Select(i => RedisTopic.Exact($"t{i}")).ToArray();
        var handler = new RecordingTopic();
        foreach (var topic in topics) redis.Subscribe(topic, handler);
        for (var round = 1; round <= 3; round++)
        {
            var expected = round * topics.Length;
            await Eventually.TrueAsync("all topics are confirmed", () => handler.Subscriptions == expected && topics.All(redis.IsSubscribed));
            await server.CommandAsync("PUBLISH", "t499", $"{round}");
            await Eventually.TrueAsync("the message is heard", () => handler.Messages.Count == round);
            Assert.Equal(1, await server.KillSubscribersAsync());
        }
    }

    [Fact]
    public async Task A_handler_that_fails_harms_no_other()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.CreateClient();
        redis.Subscribe(RedisTopic.Exact("bad"), new FailingTopic());
        var good = await SubscribeAsync(redis, RedisTopic.Exact("good"));
        await server.CommandAsync("PUBLISH", "bad", "x");
        await server.CommandAsync("PUBLISH", "good", "y");
        await Eventually.TrueAsync("the other is served", () => good.Messages.Count == 1);
        Assert.Equal(1, good.Subscriptions);
    }

    private static async Task<bool> IsWantedAsync(RedisServer server, string channel) => (await server.CommandAsync("PUBSUB", "NUMSUB", channel)).Items[1].AsInteger() > 0;

    private static async Task<RecordingTopic> SubscribeAsync(IRedis redis, RedisTopic topic)
    {
        var handler = new RecordingTopic();
        redis.Subscribe(topic, handler);
        await Eventually.TrueAsync($"{topic} is confirmed", () => redis.IsSubscribed(topic));
        return handler;
    }

    private sealed class FailingTopic : IRedisTopicHandler
    {
        public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => throw new InvalidOperationException("A fault of the test's own.");

        public void OnSubscribed() => throw new InvalidOperationException("A fault of the test's own.");
    }
}
