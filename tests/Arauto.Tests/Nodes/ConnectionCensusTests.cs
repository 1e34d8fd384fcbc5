using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Backplanes.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>Operators ask any node about the connections of all.</summary>
public sealed class ConnectionCensusTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_node_lists_the_connections_of_all_and_closes_them()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await KnownToEachOtherAsync(cluster);
        var clients = new List<WireClient>();
        foreach (var node in cluster.Nodes) clients.Add(await ConnectedAsync(node, "anna"));
        await using var other = await ConnectedAsync(cluster[2], "bob");
        foreach (var node in cluster.Nodes)
        {
            using var http = node.Client("operator", service: true);
            var all = await ListAsync(http, "");
            Assert.Equal([("anna", "node0"), ("anna", "node1"), ("anna", "node2"), ("bob", "node2")], Describe(all));
            Assert.Null(all["missing"]);
            Assert.Equal([("bob", "node2")], Describe(await ListAsync(http, "?user=bob")));
        }

        using var first = cluster[0].Client("operator", service: true);
        foreach (var connection in (await ListAsync(first, "?user=anna"))["connections"]!.AsArray())
            Assert.Equal(HttpStatusCode.NoContent, (await first.DeleteAsync($"/v1/connections/{connection!["id"]}", Cancelled)).StatusCode);
        foreach (var client in clients)
        {
            Assert.Equal(4009, (await client.ReadToEndAsync()).Code);
            await client.DisposeAsync();
        }
        // The client reads its end before the server has put the connection away.
        await Eventually.TrueAsync("only bob is left", async () => Describe(await ListAsync(first, "")).SequenceEqual([("bob", "node2")]));
        Assert.Equal(HttpStatusCode.NotFound, (await first.DeleteAsync("/v1/connections/none", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_said_to_be_missing()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await KnownToEachOtherAsync(cluster);
        await using var here = await ConnectedAsync(cluster[0], "anna");
        await using var there = await ConnectedAsync(cluster[1], "anna");
        // One that was killed a moment ago, or hangs.
        await cluster.Redis.CommandAsync("ZADD", "arauto:nodes:live", long.MaxValue / 2, "silent");
        await Eventually.TrueAsync("it is believed to live", () => cluster[0].Get<NodeDirectory>().Live.Count == 3);
        using var http = cluster[0].Client("operator", service: true);
        var list = await ListAsync(http, "");
        Assert.Equal([("anna", "node0"), ("anna", "node1")], Describe(list));
        Assert.Equal(1, (int)list["missing"]!);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.DeleteAsync("/v1/connections/none", Cancelled)).StatusCode);
    }

    private static Task KnownToEachOtherAsync(TestCluster cluster) =>
        Eventually.TrueAsync("the nodes know each other", () => cluster.Nodes.All(node => node.Get<NodeDirectory>().Live.Count == cluster.Nodes.Count));

    private static async Task<WireClient> ConnectedAsync(TestNode node, string user)
    {
        var client = await node.ConnectAsync(user);
        // The node lists it once it greets it, which is after the handshake.
        await client.ReceiveAsync("connected");
        return client;
    }

    private static async Task<JsonObject> ListAsync(HttpClient http, string query) =>
        (await http.GetFromJsonAsync<JsonObject>($"/v1/connections{query}", Cancelled))!;

    private static IEnumerable<(string, string)> Describe(JsonObject list) =>
        list["connections"]!.AsArray().Select(connection => ((string)connection!["user"]!, (string)connection["node"]!)).Order();
}
