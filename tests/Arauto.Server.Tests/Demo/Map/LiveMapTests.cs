using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Demo.Map;
using Arauto.Server.Tests.Stores;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Demo.Map;

public sealed class LiveMapTests : IAsyncLifetime
{
    private static readonly object Triangle = Corners(100, 300, 200);

    private readonly TemporaryFolder _folder = new();
    private MapNode _node = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await MapNode.StartAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_edit_is_kept_and_reaches_those_who_listen_as_the_same_object()
    {
        await using var listener = await _node.ListenAsync();
        var (status, saved) = await _node.PutAsync("/demo/map/areas/old-town", new { version = 0, corners = Triangle });
        Assert.Equal(HttpStatusCode.OK, status);
        var message = await listener.ReceiveAsync();
        Assert.Equal("geometry.updated", (string?)message["type"]);
        Assert.Equal(saved.ToJsonString(), message["data"]!.ToJsonString());
        Assert.Equal("alice", (string?)saved["by"]);
        Assert.Equal(saved.ToJsonString(), (await _node.FindAsync("areas", "old-town")).ToJsonString());
        Assert.Equal((long)saved["version"]!, (long)(await _node.StateAsync())["revision"]!);
    }

    [Fact]
    public async Task Each_kind_of_change_is_an_event_of_its_own()
    {
        await using var listener = await _node.ListenAsync();
        var incident = $"/demo/map/incidents/{NewId()}";
        await _node.PutAsync("/demo/map/subscriptions/harbour", new { version = 0, status = "paused" });
        var (_, reported) = await _node.PutAsync(incident, Report());
        var (_, assigned) = await _node.PutAsync(incident, Report((long)reported["version"]!, "assigned"));
        Assert.Equal(HttpStatusCode.OK, await _node.DeleteAsync($"{incident}?version={assigned["version"]}"));
        using var admin = _node.Client("admin", service: true);
        await MapNode.PutAsync(admin, "/demo/map/notice", new { text = "The bridge is closed tonight." });
        foreach (var type in new[] { "subscription.updated", "incident.created", "incident.updated", "incident.deleted", "notice" })
            Assert.Equal(type, (string?)(await listener.ReceiveAsync())["type"]);
        var state = await _node.StateAsync();
        Assert.Empty(state["incidents"]!.AsArray());
        Assert.Equal("The bridge is closed tonight.", (string?)state["notice"]!["text"]);
    }

    [Fact]
    public async Task A_repeated_edit_changes_nothing_and_is_published_once()
    {
        var id = NewId();
        var incident = $"/demo/map/incidents/{id}";
        var (_, first) = await _node.PutAsync(incident, Report());
        var (status, second) = await _node.PutAsync(incident, Report());
        Assert.Equal((HttpStatusCode.OK, first.ToJsonString()), (status, second.ToJsonString()));
        await _node.PutAsync("/demo/map/areas/harbour", new { version = 0, corners = Triangle });
        Assert.Equal(HttpStatusCode.OK, (await _node.PutAsync("/demo/map/areas/harbour", new { version = 0, corners = Triangle })).Status);
        Assert.Equal(HttpStatusCode.OK, await _node.DeleteAsync($"{incident}?version={first["version"]}"));
        Assert.Equal(HttpStatusCode.NoContent, await _node.DeleteAsync($"{incident}?version={first["version"]}"));
        await Eventually.TrueAsync("the last one is published", async () => (await _node.PublishedAsync()).Count >= 3);
        Assert.Equal(["incident.created", "geometry.updated", "incident.deleted"], (await _node.PublishedAsync()).Select(message => (string?)message["type"]));
    }

    [Fact]
    public async Task An_edit_that_began_from_an_old_version_is_refused_with_the_newer_one()
    {
        var (_, newer) = await _node.PutAsync("/demo/map/areas/old-town", new { version = 0, corners = Triangle });
        var (status, body) = await _node.PutAsync("/demo/map/areas/old-town", new { version = 0, corners = Corners(1, 2, 3) });
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("conflict", (string?)body["error"]!["code"]);
        Assert.Equal("alice changed it in the meantime.", (string?)body["error"]!["message"]);
        Assert.Equal(newer.ToJsonString(), body["current"]!.ToJsonString());
    }

    [Fact]
    public async Task An_incident_that_was_deleted_does_not_come_back_with_a_late_repetition_of_its_report()
    {
        var incident = $"/demo/map/incidents/{NewId()}";
        var (_, reported) = await _node.PutAsync(incident, Report());
        await _node.DeleteAsync($"{incident}?version={reported["version"]}");
        Assert.Equal(HttpStatusCode.NotFound, (await _node.PutAsync(incident, Report())).Status);
        Assert.Empty((await _node.StateAsync())["incidents"]!.AsArray());
    }

    [Fact]
    public async Task A_page_that_listens_first_and_then_loads_misses_nothing_and_can_tell_what_it_has()
    {
        var random = Seed.CreateRandom();
        using var ended = new CancellationTokenSource();
        var editing = Task.WhenAll(Enumerable.Range(0, 4).Select(editor => EditUntilAsync(editor, random.Next(), ended.Token)));
        await Eventually.TrueAsync("edits are under way", async () => (await _node.PublishedAsync()).Count > 20);
        await using var listener = await _node.ListenAsync();
        var loaded = await _node.StateAsync();
        await Eventually.TrueAsync("there are edits after that", async () => (long)(await _node.StateAsync())["revision"]! > (long)loaded["revision"]! + 20);
        await ended.CancelAsync();
        await editing;

        var last = await _node.StateAsync();
        var page = loaded["incidents"]!.AsArray().ToDictionary(incident => (string)incident!["id"]!, incident => incident!.ToJsonString());
        var revision = (long)loaded["revision"]!;
        while (revision < (long)last["revision"]!)
        {
            var message = await listener.ReceiveAsync();
            var version = (long)message["data"]!["version"]!;
            if (version <= revision) continue;
            Assert.Equal(revision + 1, version);
            revision = version;
            page[(string)message["data"]!["id"]!] = message["data"]!.ToJsonString();
        }
        Assert.Equal(last["incidents"]!.AsArray().Select(incident => incident!.ToJsonString()).Order(), page.Values.Order());
    }

    [Theory]
    [InlineData("areas/old-town", """{"version":0}""", "\"corners\" must be 3 to 64 places")]
    [InlineData("areas/old-town", """{"version":0,"corners":[{"x":1,"y":1},{"x":2,"y":2}]}""", "\"corners\" must be 3 to 64 places")]
    [InlineData("areas/old-town", """{"version":0,"corners":[{"x":1,"y":1},{"x":2,"y":2},{"x":-1,"y":2}]}""", "x from 0 to 1000 and y from 0 to 640")]
    [InlineData("areas/old-town", """{"version":0,"corners":[{"x":1,"y":1},{"x":2,"y":2},{"x":1e999,"y":2}]}""", "x from 0 to 1000 and y from 0 to 640")]
    [InlineData("areas/old-town", """{"version":0,"corners":[{"x":1,"y":1},{"x":2,"y":2},{"x":3}]}""", "The body must be JSON such as")]
    [InlineData("areas/old-town", """{"version":"new","corners":[]}""", "The body must be JSON such as")]
    [InlineData("areas/old-town", "", "The body must be JSON such as")]
    [InlineData("subscriptions/harbour", """{"version":0,"status":"asleep"}""", "The body must be JSON such as")]
    [InlineData("subscriptions/harbour", """{"version":0,"status":1}""", "The body must be JSON such as")]
    [InlineData("subscriptions/harbour", """{"version":0}""", "\"status\" must be")]
    [InlineData("incidents/01a1f919-b4ec-7c65-acba-132df7a8e0cf", """{"kind":"fire","status":"open","place":{"x":1,"y":641},"text":""}""", "An incident needs")]
    [InlineData("incidents/01a1f919-b4ec-7c65-acba-132df7a8e0cf", """{"kind":"fire","status":"open","place":{"x":1,"y":1}}""", "An incident needs")]
    [InlineData("incidents/01a1f919-b4ec-7c65-acba-132df7a8e0cf", """{"kind":"fire","status":"open","place":{"x":1,"y":1},"text":"\ud800"}""", "The body must be JSON such as")]
    public async Task A_bad_edit_is_refused_with_what_is_wrong(string path, string body, string message)
    {
        var (status, answer) = await _node.PutAsync($"/demo/map/{path}", body);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_message"), (status, (string?)answer["error"]!["code"]));
        Assert.Contains(message, (string?)answer["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty((await _node.StateAsync())["incidents"]!.AsArray());
    }

    [Fact]
    public async Task What_is_too_long_or_too_many_is_refused()
    {
        var (corners, _) = await _node.PutAsync("/demo/map/areas/old-town", new { version = 0, corners = Enumerable.Repeat(new { x = 1, y = 1 }, 65) });
        Assert.Equal(HttpStatusCode.BadRequest, corners);
        var (text, _) = await _node.PutAsync($"/demo/map/incidents/{NewId()}", Report(text: new string('a', 121)));
        Assert.Equal(HttpStatusCode.BadRequest, text);
        var (body, error) = await _node.PutAsync($"/demo/map/incidents/{NewId()}", Report(text: new string('a', 9000)));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "The body may have 8192 bytes."), (body, (string?)error["error"]!["message"]));
    }

    [Fact]
    public async Task The_number_of_incidents_is_bounded()
    {
        for (var i = 0; i < LiveMap.MostIncidents; i++) Assert.Equal(HttpStatusCode.OK, (await _node.PutAsync($"/demo/map/incidents/{NewId()}", Report())).Status);
        var (status, body) = await _node.PutAsync($"/demo/map/incidents/{NewId()}", Report());
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "The map holds 200 incidents; delete one first."), (status, (string?)body["error"]!["message"]));
    }

    [Fact]
    public async Task What_is_not_on_the_map_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _node.PutAsync("/demo/map/areas/atlantis", new { version = 0, corners = Triangle })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _node.PutAsync("/demo/map/subscriptions/atlantis", new { version = 0, status = "paused" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _node.PutAsync($"/demo/map/incidents/{NewId()}", Report(7))).Status);
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), Refusal(await _node.PutAsync("/demo/map/incidents/7", Report())));
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_token_and_only_services_put_up_notices()
    {
        using var nobody = _node.Client(null);
        foreach (var path in new[] { "areas/old-town", "subscriptions/harbour", $"incidents/{NewId()}", "notice" })
            Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), Refusal(await MapNode.PutAsync(nobody, $"/demo/map/{path}", "{}")));
        using var state = await nobody.GetAsync("/demo/map/state", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, state.StatusCode);
        Assert.Equal("Bearer", state.Headers.WwwAuthenticate.Single().Scheme);
        nobody.DefaultRequestHeaders.Authorization = new("Bearer", MapNode.Token("alice") + "x");
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), Refusal(await MapNode.PutAsync(nobody, "/demo/map/areas/old-town", "{}")));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), Refusal(await _node.PutAsync("/demo/map/notice", new { text = "Free beer." })));
    }

    [Fact]
    public async Task A_damaged_database_is_said_and_closes_nothing_else()
    {
        await _node.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "map.db"), new string('x', 8192), Cancelled);
        foreach (var file in Directory.GetFiles(_folder.Path, "map.db-*")) File.Delete(file);
        _node = await MapNode.StartAsync(_folder.Path);
        using var client = _node.Client("alice");
        using var response = await client.GetAsync("/demo/map/state", Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("map.db is damaged or not a database", (string?)(await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty(await _node.PublishedAsync());
    }

    private async Task EditUntilAsync(int editor, int seed, CancellationToken ended)
    {
        var random = new Random(seed);
        var incident = $"/demo/map/incidents/{NewId()}";
        for (long version = 0; !ended.IsCancellationRequested;)
        {
            var (status, saved) = await _node.PutAsync(incident, Report(version, text: $"{editor} {random.Next()}"));
            Assert.Equal(HttpStatusCode.OK, status);
            version = (long)saved["version"]!;
        }
    }

    private static (HttpStatusCode Status, string? Code) Refusal((HttpStatusCode Status, JsonObject Body) answer) => (answer.Status, (string?)answer.Body["error"]!["code"]);

    private static string NewId() => Guid.CreateVersion7().ToString();

    private static object Corners(params int[] x) => x.Select((value, i) => new { x = value, y = 10 * (i % 2) });

    private static object Report(long version = 0, string status = "open", string text = "Smoke") => new { version, kind = "fire", status, place = new { x = 10, y = 20 }, text };
}
