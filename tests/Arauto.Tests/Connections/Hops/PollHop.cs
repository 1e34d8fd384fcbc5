using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>Long polling. One answer in four is lost on its way, so that its messages must come again.</summary>
internal sealed class PollHop(INode node, string user, Random random) : Hop
{
    private readonly HttpClient _http = node.Client(user);

    public override Task OpenAsync(ClientPlace place) => Task.CompletedTask;

    public override async Task<int> TakeAsync(ClientPlace place)
    {
        using var timeout = new CancellationTokenSource(WireClient.Deadline);
        var response = await _http.GetAsync($"/poll?channels={string.Join(',', place.Channels)}&since={place.Since}&wait={random.Next(3) * 2}", timeout.Token);
        var answer = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
        if (random.Next(4) == 0) return 0;
        Assert.Null(answer["gaps"]);
        var messages = answer["messages"]!.AsArray();
        foreach (var message in messages)
        {
            Assert.True(IsMessage(message!.AsObject()));
            place.Take(message.AsObject());
        }
        place.MoveAll(answer.Cursor());
        return messages.Count;
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
