using System.Globalization;
using Arauto.Backplanes.Redis;
using Arauto.Hubs;
using Arauto.Options;
using Arauto.Stores.Memory;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>What nodes believe of each other's users is true again after Redis, or one of them, was away.</summary>
public sealed class NodeOutageTests : IAsyncDisposable
{
    private const string Channel = "public:a";
    private const string Leases = "arauto:nodes:live";

    private readonly MemoryStore _store = new(new MemoryStoreOptions(), TimeProvider.System);

    [Fact]
    public async Task After_an_outage_longer_than_the_lease_nobody_who_lives_is_taken_for_dead_and_who_died_is()
    {
        await using var cluster = await StartAsync();
        await using var anna = await FirstAsync(cluster, "anna");
        await using var bob = await cluster[1].SubscribedAsync("bob", Channel);
        await Eventually.TrueAsync("both are there", async () => await anna.UsersAsync(Channel) == "anna 1, bob 1" && await bob.UsersAsync(Channel) == "anna 1, bob 1");
        await ExpectAsync(anna, "join", "bob");
        await bob.DrainAsync();

        await cluster.Redis.KillAsync();
        var killed = DateTimeOffset.UtcNow;
        await Eventually.TrueAsync("all leases have ended", () => DateTimeOffset.UtcNow - killed > TimeSpan.FromSeconds(1.5));
        await cluster.Redis.RestartAsync(keepData: true);
        // The first is back, and looks around more than once, before the second may come.
        await Eventually.TrueAsync("the first node holds a lease", async () => await LeaseOfAsync(cluster, 0) > 0);
        var renewed = await LeaseOfAsync(cluster, 0);
        await Eventually.TrueAsync("and has renewed it", async () => await LeaseOfAsync(cluster, 0) > renewed + 200);
        Assert.Equal("anna 1, bob 1", await anna.UsersAsync(Channel));
        await cluster.LetBackAsync();
        await Eventually.TrueAsync("the second node holds one too", async () => await LeaseOfAsync(cluster, 1) > 0);

        // When this one is judged, so were all.
        await cluster.Redis.CommandAsync("HSET", "arauto:presence:{c:public:a}", "ghost", "DeadXx=1");
        await cluster.Redis.CommandAsync("ZADD", Leases, DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeMilliseconds(), "DeadXx");
        foreach (var client in (WireClient[])[anna, bob])
        {
            var frame = await client.ReceiveAsync("presence");
            Assert.Equal(("leave", "ghost"), ((string?)frame["action"], (string?)frame["user"]));
            await Eventually.TrueAsync("the two are there", async () => await client.UsersAsync(Channel) == "anna 1, bob 1");
            Assert.DoesNotContain(await client.DrainAsync(), other => other.Type() == "presence");
        }
    }

    [Fact]
    public async Task A_node_that_was_taken_for_dead_is_there_again_with_its_users()
    {
        await using var cluster = await StartAsync();
        await using var anna = await FirstAsync(cluster, "anna");
        await using var bob = await cluster[1].SubscribedAsync("bob", Channel);
        await ExpectAsync(anna, "join", "bob");

        await cluster.CutOffAsync();
        await ExpectAsync(anna, "leave", "bob");
        Assert.Equal("anna 1", await anna.UsersAsync(Channel));
        await cluster.LetBackAsync();

        await ExpectAsync(anna, "join", "bob");
        Assert.Equal("anna 1, bob 1", await anna.UsersAsync(Channel));
    }

    [Fact]
    public async Task Who_came_and_who_left_in_an_outage_shorter_than_the_lease_is_made_up_for()
    {
        await using var cluster = await StartAsync(options => options.Cluster.LeaseSeconds = 10);
        await using var anna = await FirstAsync(cluster, "anna");
        var bob = await cluster[1].SubscribedAsync("bob", Channel);
        await ExpectAsync(anna, "join", "bob");

        await cluster.CutOffAsync();
        await bob.DisposeAsync();
        await Eventually.TrueAsync("bob has gone", () => cluster[1].Get<Hub>().ConnectionCount == 0);
        await using var carl = await cluster[1].SubscribedAsync("carl", Channel);
        Assert.Equal("anna 1, bob 1", await anna.UsersAsync(Channel));
        await cluster.LetBackAsync();

        await Eventually.TrueAsync("the list is true again", async () => await anna.UsersAsync(Channel) == "anna 1, carl 1");
        var told = new List<string>();
        await Eventually.TrueAsync("both are told", async () =>
        {
            told.AddRange((await anna.DrainAsync()).Where(frame => frame.Type() == "presence").Select(frame => $"{frame["action"]} {frame["user"]}"));
            return told.Count >= 2;
        });
        Assert.Equal(["join carl", "leave bob"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_ended_in_an_outage_shorter_than_the_lease_locks_nobody_out()
    {
        await using var cluster = await StartAsync(options =>
        {
            options.Cluster.LeaseSeconds = 10;
            options.Limits.ConnectionsPerUser = 1;
        });
        var bob = await cluster[1].SubscribedAsync("bob", Channel);
        Assert.Null(await cluster[0].TryConnectAsync("bob"));

        await cluster.CutOffAsync();
        await bob.DisposeAsync();
        await Eventually.TrueAsync("bob has gone", () => cluster[1].Get<Hub>().ConnectionCount == 0);
        await cluster.LetBackAsync();

        WireClient? next = null;
        await Eventually.TrueAsync("bob may come to the other node", async () => (next = await cluster[0].TryConnectAsync("bob")) is not null);
        await next!.DisposeAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>That users come and go is told at once.</summary>
    private Task<TestCluster> StartAsync(Action<ArautoOptions>? configure = null) => TestCluster.StartWithStrayerAsync(
        options =>
        {
            options.Presence.GraceSeconds = 0;
            configure?.Invoke(options);
        },
        () => _store);

    /// <summary>Until when a node's lease holds; 0 if that is over.</summary>
    private static async ValueTask<long> LeaseOfAsync(TestCluster cluster, int node)
    {
        var until = await cluster.Redis.CommandAsync("ZSCORE", Leases, cluster[node].Get<NodeDirectory>().Lease);
        return !until.IsNull && long.Parse(until.AsString()!, CultureInfo.InvariantCulture) is var moment && moment > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() ? moment : 0;
    }

    /// <summary>Subscribes on the first node, and waits until that hears of others there.</summary>
    private static async Task<WireClient> FirstAsync(TestCluster cluster, string user)
    {
        var client = await cluster[0].SubscribedAsync(user, Channel);
        await Eventually.TrueAsync("the node hears the channel", async () => (await cluster.Redis.CommandAsync("PUBSUB", "NUMSUB", $"arauto:hint:{{c:{Channel}}}")).Items[1].AsInteger() > 0);
        return client;
    }

    private static async Task ExpectAsync(WireClient client, string action, string user)
    {
        var frame = await client.ReceiveAsync("presence");
        Assert.Equal((action, user), ((string?)frame["action"], (string?)frame["user"]));
    }
}
