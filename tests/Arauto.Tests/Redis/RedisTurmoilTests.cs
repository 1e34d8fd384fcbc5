using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>A real redis-server to which everything happens at random while it is used.</summary>
public sealed class RedisTurmoilTests
{
    private long _acknowledged;
    private long _unknown;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_command_is_executed_twice_or_acknowledged_in_vain_and_every_topic_heals()
    {
        // With another setting a killed server may lose what it acknowledged in the last two seconds.
        await using var server = await RedisServer.StartAsync("--appendfsync", "always");
        await using var redis = server.CreateClient();
        var random = Seed.CreateRandom();
        var topics = Enumerable.Range(0, 50).Select(i => RedisTopic.Exact($"t{i}")).ToArray();
        var handlers = topics.ToDictionary(topic => topic, _ => new RecordingTopic());
        foreach (var topic in topics) redis.Subscribe(topic, handlers[topic]);
        using var enough = new CancellationTokenSource();
        var counting = Enumerable.Range(0, 4).Select(_ => Task.Run(() => CountAsync(redis, enough.Token), Cancellation)).ToArray();
        for (var step = 0; step < 40; step++)
        {
            // Some things happen to one that is well, and some to one that has not come back yet.
            if (random.Next(2) == 0) await ProgressAsync();
            await DisturbAsync(server, redis, topics, handlers, random);
        }
        await ProgressAsync();
        await enough.CancelAsync();
        await Task.WhenAll(counting);
        await Eventually.TrueAsync("every wanted topic is confirmed", () => redis.IsConnected && topics.All(topic => redis.IsSubscribed(topic) == handlers.ContainsKey(topic)));
        var value = (await server.CommandAsync("GET", "n")).AsInteger();
        Assert.InRange(value, _acknowledged, _acknowledged + _unknown);
        foreach (var topic in topics)
        {
            if (handlers.ContainsKey(topic)) Assert.Equal(1, (await server.CommandAsync("PUBLISH", topic.Name, "last")).AsInteger());
            // The last UNSUBSCRIBE may still be on its way.
            else await Eventually.TrueAsync($"{topic} is given up", async () => (await server.CommandAsync("PUBLISH", topic.Name, "last")).AsInteger() == 0);
        }
        await Eventually.TrueAsync("every topic is heard", () => handlers.Values.All(handler => handler.Messages.Any(message => message.Payload == "last")));
    }

    private static async Task DisturbAsync(RedisServer server, RedisClient redis, RedisTopic[] topics, Dictionary<RedisTopic, RecordingTopic> handlers, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                await server.KillSubscribersAsync();
                break;
            case 1:
                await server.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
                break;
            case 2:
                server.Pause();
                await Task.Delay(random.Next(300), Cancellation);
                server.Resume();
                break;
            case 3:
                server.Kill();
                await server.RestartAsync(keepData: true);
                break;
            default:
                var topic = topics[random.Next(topics.Length)];
                if (handlers.Remove(topic)) redis.Unsubscribe(topic);
                else redis.Subscribe(topic, handlers[topic] = new RecordingTopic());
                break;
        }
    }

    /// <summary>One more command is acknowledged.</summary>
    private async Task ProgressAsync()
    {
        var before = Interlocked.Read(ref _acknowledged);
        await Eventually.TrueAsync("a command is acknowledged", () => Interlocked.Read(ref _acknowledged) > before);
    }

    /// <summary>Commands that were refused for want of a connection count as unknown, too.</summary>
    private async Task CountAsync(RedisClient redis, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await redis.ExecuteAsync(new RedisCommand("INCR", "n"), Cancellation);
                Interlocked.Increment(ref _acknowledged);
            }
            catch (RedisUnavailableException)
            {
                Interlocked.Increment(ref _unknown);
                await Task.Delay(1, Cancellation);
            }
        }
    }
}
