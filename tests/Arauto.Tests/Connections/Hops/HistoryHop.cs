using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>Pages of history after the cursor, over HTTP.</summary>
internal sealed class HistoryHop(INode node, string user, Random random) : Hop
{
    private readonly HttpClient _http = node.Client(user);

    public override Task OpenAsync(ClientPlace place) => Task.CompletedTask;

    public override async Task<int> TakeAsync(ClientPlace place)
    {
        var channel = place.Channels[random.Next(place.Channels.Count)];
        using var timeout = new CancellationTokenSource(WireClient.Deadline);
        var response = await _http.GetAsync($"/v1/channels/{channel}/messages?after={place.Cursor(channel)}&limit={random.Next(1, 20)}", timeout.Token);
        var page = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, page.ToJsonString());
        var messages = page["messages"]!.AsArray();
        foreach (var message in messages) place.Take(message!.AsObject());
        place.Move(channel, page.Cursor());
        return Math.Max(1, messages.Count);
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
