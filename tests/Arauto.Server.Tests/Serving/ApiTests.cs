using System.Net;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class ApiTests : IDisposable
{
    private static readonly string[] Routes =
    [
        "get /events", "get /poll",
        "post /v1/publish", "get /v1/channels/{channel}/messages", "get /v1/channels/{channel}/presence",
        "post /v1/channels/{channel}/typing", "post /v1/channels/{channel}/receipts", "get /v1/channels/{channel}/receipts",
        "post /v1/rooms", "get /v1/rooms", "get /v1/rooms/{id}", "patch /v1/rooms/{id}", "delete /v1/rooms/{id}",
        "put /v1/rooms/{id}/members/{user}", "delete /v1/rooms/{id}/members/{user}",
        "post /v1/sessions/revoke", "get /v1/connections", "delete /v1/connections/{id}", "get /healthz", "get /readyz",
    ];

    private static readonly string[] MetricNames =
    [
        "websocket_connections_active", "notifications_sent_total", "websocket_connection_errors_total",
        "arauto_connections", "arauto_connections_opened_total", "arauto_connections_closed_total", "arauto_messages_received_total", "arauto_messages_delivered_total",
        "arauto_message_size_bytes", "arauto_errors_total", "arauto_connect_seconds", "arauto_delivery_seconds", "arauto_roundtrip_seconds", "arauto_gap_total", "arauto_slow_consumers_total",
        "arauto_fallback_total", "arauto_reconnects_total",
    ];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_openapi_document_names_every_route_and_all_its_references_resolve()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        var document = JsonNode.Parse(await server.Client().GetStringAsync("/openapi/v1.json", Cancelled))!.AsObject();
        Assert.StartsWith("3.", (string?)document["openapi"], StringComparison.Ordinal);
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key} {path.Key}")).ToHashSet();
        Assert.Empty(Routes.Except(described));
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()))
            Assert.False(string.IsNullOrEmpty((string?)operation.Value!["summary"]));
        foreach (var reference in ReferencesIn(document))
        {
            JsonNode? target = document;
            foreach (var step in reference.TrimStart('#', '/').Split('/')) target = target?[step.Replace("~1", "/", StringComparison.Ordinal)];
            Assert.True(target is not null, $"{reference} leads nowhere.");
        }
    }

    [Fact]
    public async Task Metrics_stand_on_their_own_port_with_every_name_and_count_what_happened()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var open = await UseAsync(server);
        var text = await server.Client().GetStringAsync(server.Metrics, Cancelled);
        foreach (var name in MetricNames)
        {
            Assert.Contains($"# TYPE {name} ", text, StringComparison.Ordinal);
            Assert.Contains($"# HELP {name} ", text, StringComparison.Ordinal);
        }
        Assert.Contains("\narauto_connections_opened_total 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nwebsocket_connections_active 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnotifications_sent_total 1\n", text, StringComparison.Ordinal);
        using var onClientPort = await server.Client().GetAsync("/metrics", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, onClientPort.StatusCode);
    }

    [Fact]
    public async Task Promtool_accepts_the_metrics()
    {
        var promtool = Programs.Require("promtool", "prometheus");
        await using var server = await ServerProcess.StartAsync(_folder.Path);
        await using var open = await UseAsync(server);
        var text = await server.Client().GetStringAsync(server.Metrics, Cancelled);
        await using var check = ChildProcess.Start(promtool, ["check", "metrics"], _folder.Path);
        await check.WriteLineAsync(text.TrimEnd('\n'));
        check.CloseInput();
        Assert.True(await check.ExitAsync() == 0, check.Describe());
    }

    /// <summary>Two connections of which one ends, one notification, one error.</summary>
    /// <returns>The other connection.</returns>
    private static async Task<WireClient> UseAsync(ServerProcess server)
    {
        var service = await server.ConnectAsync("s1", service: true);
        await using (var alice = await server.ConnectAsync("alice"))
        {
            await alice.AskAsync(new { type = "subscribe", channel = "notifications:alice" });
            await service.AskAsync(new { type = "publish", channel = "notifications:alice", @event = "ding", data = 1 });
            Assert.Equal("ding", (string?)(await alice.ReceiveAsync())["type"]);
            await alice.AskAsync(new { type = "publish", channel = "broadcast", @event = "no", data = 1 });
        }
        using var http = server.Client(server.Token("s1", service: true));
        await Eventually.TrueAsync("one connection is left", async () => JsonNode.Parse(await http.GetStringAsync("/v1/connections", Cancelled))!["connections"]!.AsArray().Count == 1);
        return service;
    }

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => entry is { Key: "$ref", Value: JsonValue value } ? [(string)value!] : ReferencesIn(entry.Value)),
        JsonArray list => list.SelectMany(ReferencesIn),
        _ => [],
    };
}
