using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>Publishes over WebSocket and HTTP. What a killed node has not answered is repeated with its key on another one.</summary>
/// <param name="pick">Finds a node that is there.</param>
/// <param name="user">Who it is.</param>
/// <param name="channels">Where it publishes.</param>
/// <param name="random">Its own.</param>
internal sealed class HoppingPublisher(Func<INode> pick, string user, string[] channels, Random random) : IAsyncDisposable
{
    private INode? _node;
    private WireClient? _client;
    private HttpClient? _http;

    /// <summary>How many publishes were sent again.</summary>
    public int Repetitions { get; private set; }

    /// <summary>Publishes at a pace until it shall stop.</summary>
    /// <returns>How many messages.</returns>
    public async Task<int> PublishAsync(SemaphoreSlim pace, CancellationToken stop)
    {
        var count = 0;
        while (await pace.WaitAsync(Timeout.Infinite, stop).ContinueWith(wait => wait.IsCompletedSuccessfully, TaskScheduler.Default))
        {
            var message = new JsonObject
            {
                ["channel"] = channels[random.Next(channels.Length)],
                ["event"] = "n",
                ["data"] = new JsonObject { ["from"] = user, ["n"] = count },
                ["key"] = $"{user}-{count}",
            };
            while (!await TryPublishAsync(message)) Repetitions++;
            count++;
        }
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_client is not null) await _client.DisposeAsync();
    }

    private async Task<bool> TryPublishAsync(JsonObject message)
    {
        if (_node is null or { IsKilled: true })
        {
            await DisposeAsync();
            _client = null;
            _node = pick();
            _http = _node.Client(user);
        }
        try
        {
            return random.Next(2) == 0 ? await TryPublishByWebSocketAsync(message) : await TryPublishByHttpAsync(message);
        }
        catch (Exception e) when (_node.Explains(e))
        {
            return false;
        }
    }

    private async Task<bool> TryPublishByWebSocketAsync(JsonObject message)
    {
        _client ??= await _node!.ConnectAsync(user);
        var command = message.DeepClone().AsObject();
        command["type"] = "publish";
        var answer = await _client.AskAsync(command);
        if (answer.Type() == "error" && (string?)answer["code"] == "unavailable") return false;
        answer.IsReply();
        return true;
    }

    private async Task<bool> TryPublishByHttpAsync(JsonObject message)
    {
        using var response = await _http!.PostAsJsonAsync("/v1/publish", message, CancellationToken.None);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return true;
    }
}
