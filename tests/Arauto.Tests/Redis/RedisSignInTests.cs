using System.Net;
using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

/// <summary>TLS, users and old servers, with a real redis-server.</summary>
public sealed class RedisSignInTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_and_pushes_go_over_TLS()
    {
        using var certificates = new MadeCertificates(IPAddress.Loopback);
        var port = RedisProcess.FreePort();
        await using var server = await RedisServer.StartAsync(certificates.Settings(port));
        await using var redis = ConnectTls(port, certificates);
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("t"), topic);
        await Eventually.TrueAsync("it is subscribed", () => redis.IsSubscribed(RedisTopic.Exact("t")));
        var large = new string('x', 1_000_000);
        await RunAsync(redis, "PUBLISH", "t", large);
        await Eventually.TrueAsync("it is heard", () => topic.Messages.Contains(("t", large)));
    }

    [Fact]
    public async Task An_authority_that_is_not_trusted_is_refused()
    {
        using var certificates = new MadeCertificates(IPAddress.Loopback);
        using var others = new MadeCertificates(IPAddress.Loopback);
        var port = RedisProcess.FreePort();
        await using var server = await RedisServer.StartAsync(certificates.Settings(port));
        await using var trusting = ConnectTls(port, others);
        await using var usual = ConnectTls(port, null);
        await AssertRefusedAsync(trusting);
        await AssertRefusedAsync(usual);
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused()
    {
        using var certificates = new MadeCertificates(IPAddress.Parse("192.0.2.1"));
        var port = RedisProcess.FreePort();
        await using var server = await RedisServer.StartAsync(certificates.Settings(port));
        await using var redis = ConnectTls(port, certificates);
        await AssertRefusedAsync(redis);
    }

    [Fact]
    public async Task A_user_signs_in_and_has_the_rights_it_has()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("ACL", "SETUSER", "node", "on", ">p:w@d/", "~arauto:*", "&arauto:*", "+@all", "-@dangerous", "+info", "+role");
        await using var redis = RedisServer.Connect($"redis://node:p%3Aw%40d%2F@127.0.0.1:{server.Port}");
        await RunAsync(redis, "SET", "arauto:a", "1");
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RedisException>(() => RunAsync(redis, "SET", "other", "1"))).Code);
        Assert.Equal("node", (await RunAsync(redis, "ACL", "WHOAMI")).AsString());
        await Eventually.TrueAsync("pushes are connected too", () => redis.IsConnected);
    }

    [Fact]
    public async Task A_topic_that_is_forbidden_harms_no_other_and_comes_when_it_is_allowed()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("ACL", "SETUSER", "node", "on", ">pw", "~*", "resetchannels", "&mine", "+@all");
        await using var redis = RedisServer.Connect($"redis://node:pw@127.0.0.1:{server.Port}");
        var topic = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("theirs"), topic);
        redis.Subscribe(RedisTopic.Exact("mine"), topic);
        await Eventually.TrueAsync("the allowed one is confirmed", () => redis.IsSubscribed(RedisTopic.Exact("mine")));
        Assert.False(redis.IsSubscribed(RedisTopic.Exact("theirs")));
        await server.CommandAsync("ACL", "SETUSER", "node", "&theirs");
        await Eventually.TrueAsync("the other is confirmed", () => redis.IsSubscribed(RedisTopic.Exact("theirs")));
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_never_shown()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("ACL", "SETUSER", "node", "on", ">right", "~*", "+@all");
        await using var redis = RedisServer.Connect($"redis://node:sesame@127.0.0.1:{server.Port}");
        var e = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "PING"));
        Assert.Contains("WRONGPASS", redis.Trouble, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", redis.Trouble + e, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_the_server_quotes_is_not_shown()
    {
        await using var server = await RedisServer.StartAsync("--rename-command", "HELLO", "", "--rename-command", "AUTH", "");
        await using var redis = RedisServer.Connect($"redis://:sesame@127.0.0.1:{server.Port}");
        var e = await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "PING"));
        Assert.EndsWith("ERR The server refuses AUTH.", redis.Trouble, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", redis.Trouble + e, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_password_is_said()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("CONFIG", "SET", "requirepass", "pw");
        await using var redis = server.CreateClient();
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "PING"));
        Assert.Contains("NOAUTH", redis.Trouble, StringComparison.Ordinal);
        await using var knowing = RedisServer.Connect($"redis://:pw@127.0.0.1:{server.Port}");
        await RunAsync(knowing, "PING");
    }

    [Fact]
    public async Task A_server_without_RESP3_serves_commands_and_topics()
    {
        await using var server = await RedisServer.StartAsync("--rename-command", "HELLO", "", "--requirepass", "pw");
        await using var redis = RedisServer.Connect($"redis://:pw@127.0.0.1:{server.Port}");
        var exact = new RecordingTopic();
        var pattern = new RecordingTopic();
        redis.Subscribe(RedisTopic.Exact("one"), exact);
        redis.Subscribe(RedisTopic.Pattern("o*"), pattern);
        await Eventually.TrueAsync("both are confirmed", () => redis.IsSubscribed(RedisTopic.Exact("one")) && redis.IsSubscribed(RedisTopic.Pattern("o*")));
        await RunAsync(redis, "PUBLISH", "one", "hello");
        await Eventually.TrueAsync("both hear it", () => exact.Messages.Count == 1 && pattern.Messages.Count == 1);
        await RunAsync(redis, "CLIENT", "KILL", "TYPE", "pubsub");
        await Eventually.TrueAsync("both are confirmed again", () => exact.Subscriptions == 2 && pattern.Subscriptions == 2);
        redis.Unsubscribe(RedisTopic.Exact("one"));
        await Eventually.TrueAsync("nobody listens", async () => (await RunAsync(redis, "PUBSUB", "NUMSUB", "one")).Items[1].AsInteger() == 0);
        await RunAsync(redis, "HSET", "h", "a", "1");
        Assert.Equal(["a", "1"], (await RunAsync(redis, "HGETALL", "h")).Items.ToArray().Select(item => item.AsString()));
    }

    private static async Task AssertRefusedAsync(RedisClient redis)
    {
        await Assert.ThrowsAsync<RedisUnavailableException>(() => RunAsync(redis, "PING"));
        Assert.Contains("certificate is invalid", redis.Trouble, StringComparison.Ordinal);
    }

    private static RedisClient ConnectTls(int port, MadeCertificates? trusted)
    {
        Assert.True(RedisAddress.TryParse($"rediss://127.0.0.1:{port}", out var address));
        return RedisServer.Connect(new RedisClientOptions { Address = address!, TrustedAuthorities = trusted is null ? null : [trusted.Authority] });
    }

    private static Task<RedisReply> RunAsync(RedisClient redis, string name, params RedisArg[] args) => redis.ExecuteAsync(new RedisCommand(name, args), Cancellation).AsTask();
}
