using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Demo.Map;

public sealed class MapCrashTests : IDisposable
{
    private const int Kills = 3;
    private const int Editors = 4;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_9_while_people_edit_leaves_each_saved_change_published_once_and_in_order()
    {
        var random = Seed.CreateRandom();
        var acknowledged = new List<long>();
        long? first = null;
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(_folder.Path);
            using var client = server.Client(server.Token("alice"));
            first ??= (long)(await StateAsync(client))["revision"]! + 1;
            var editing = Enumerable.Range(0, Editors).Select(_ => EditUntilDeadAsync(client, acknowledged)).ToList();
            var enough = acknowledged.Count + random.Next(30, 60);
            await Eventually.TrueAsync("some edits are acknowledged", () => CountOf(acknowledged) >= enough);
            server.Process.Kill();
            await Task.WhenAll(editing);
        }

        await using var last = await ServerProcess.StartAsync(_folder.Path);
        using var reader = last.Client(last.Token("reader"));
        var revision = (long)(await StateAsync(reader))["revision"]!;
        var saved = Enumerable.Range(0, (int)(revision - first!.Value + 1)).Select(i => first.Value + i).ToList();
        await Eventually.TrueAsync("everything saved is published", async () => (await PublishedAsync(reader)).Count >= saved.Count);
        Assert.Equal(saved, await PublishedAsync(reader));
        Assert.Subset(saved.ToHashSet(), acknowledged.ToHashSet());
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {saved.Count} changes saved and published once, {acknowledged.Count} of them acknowledged");
    }

    private static async Task EditUntilDeadAsync(HttpClient client, List<long> acknowledged)
    {
        var path = $"/demo/map/incidents/{Guid.CreateVersion7()}";
        long version = 0;
        try
        {
            for (var x = 0; ; x = (x + 1) % 1000)
            {
                using var response = await client.PutAsJsonAsync(path, new { version, kind = "fire", status = "open", place = new { x, y = 1 }, text = "" }, Cancelled);
                version = (long)(await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["version"]!;
                lock (acknowledged) acknowledged.Add(version);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The kill.
        }
    }

    private static int CountOf(List<long> list)
    {
        lock (list) return list.Count;
    }

    private static async Task<JsonObject> StateAsync(HttpClient client) => (await client.GetFromJsonAsync<JsonObject>("/demo/map/state", Cancelled))!;

    /// <summary>The versions in the channel's log, in its order.</summary>
    private static async Task<List<long>> PublishedAsync(HttpClient client)
    {
        var versions = new List<long>();
        for (var more = true; more;)
        {
            var page = (await client.GetFromJsonAsync<JsonObject>($"/v1/channels/updates/messages?after={versions.Count}&limit=200", Cancelled))!;
            versions.AddRange(page["messages"]!.AsArray().Select(message => (long)message!["data"]!["version"]!));
            more = (bool)page["more"]!;
        }
        return versions;
    }
}
