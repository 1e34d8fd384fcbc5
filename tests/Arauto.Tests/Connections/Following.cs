using System.Text;
using System.Text.Json.Nodes;
using Arauto.Connections;
using Arauto.Feeds;
using Arauto.Hubs;
using Arauto.Limits;
using Arauto.Protocol;
using Arauto.Publishing;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>Event streams and polls in one line each, and what must be left of them.</summary>
internal static class Following
{
    /// <summary>Opens an event stream and reads its greeting.</summary>
    public static async Task<EventStreamClient> FollowAsync(this TestNode node, string user, string channels, string? since = null, string? lastEventId = null, string more = "")
    {
        var query = $"/events?channels={channels}{(since is null ? "" : $"&since={since}")}{more}";
        var client = await EventStreamClient.ConnectAsync(new Uri(node.Http, query), node.Token(user), lastEventId);
        await client.ReadGreetingAsync();
        return client;
    }

    public static async Task<HttpResponseMessage> GetAsync(this HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>One poll, which must be answered with 200.</summary>
    public static async Task<JsonObject> PollAsync(this HttpClient client, string channels, string? since = null, string wait = "20", string more = "")
    {
        using var response = await client.GetAsync($"/poll?channels={channels}&wait={wait}{(since is null ? "" : $"&since={since}")}{more}", headers: []);
        var answer = await response.JsonAsync();
        Assert.True((int)response.StatusCode == 200, $"{(int)response.StatusCode}: {answer.ToJsonString()}");
        return answer;
    }

    public static IReadOnlyList<JsonObject> Messages(this JsonObject answer) => [.. answer["messages"]!.AsArray().Select(message => message!.AsObject())];

    /// <summary>Publishes as server code does.</summary>
    public static async Task<Position> PublishAsync(this TestNode node, string channel, string data = "1", string @event = "chat")
    {
        var result = await node.Get<IPublisher>().PublishAsync(new PublishRequest { Channel = channel, Event = @event, Data = Encoding.UTF8.GetBytes(data) }, TestContext.Current.CancellationToken);
        Assert.True(result.IsPublished);
        return result.Outcome.Position;
    }

    /// <summary>The place that a cursor has in a channel.</summary>
    public static long PlaceIn(this string cursor, string channel)
    {
        Assert.True(Cursor.TryDecode(cursor, out var decoded), $"Not a cursor: \"{cursor}\".");
        Assert.True(decoded.TryGet(channel, out var position), $"The cursor has no place in {channel}.");
        return position.Offset;
    }

    /// <summary>Waits until no connection, count, subscription or feed is left.</summary>
    /// <param name="node">The node.</param>
    /// <param name="time">The node's clock, if it has to be moved: feeds go with the next comparison of all feeds.</param>
    public static async Task NothingIsLeftAsync(this TestNode node, ManualTimeProvider? time = null)
    {
        await Eventually.TrueAsync("no connection is left", () => node.Get<Hub>().ConnectionCount == 0);
        await Eventually.TrueAsync("no user is counted", () => node.Get<ConnectionCounts>().Users == 0);
        // What a connection was counted in it leaves in one turn of its lane, but not in one moment.
        await node.LanesHaveDoneAsync();
        await Eventually.TrueAsync("no feed is left", () =>
        {
            time?.Advance(TimeSpan.FromSeconds(1));
            return node.Get<FeedRegistry>().Count == 0;
        });
        var lanes = node.Get<LaneSet>();
        Assert.All(Enumerable.Range(0, lanes.Count), i => Assert.Equal(0, Volatile.Read(ref lanes[i].ConnectionCount)));
        var metrics = node.Metrics();
        Assert.Equal(0, metrics["arauto_subscriptions"]);
        Assert.All(metrics.Names.Where(name => name.StartsWith("arauto_connections{", StringComparison.Ordinal)), name => Assert.Equal(0, metrics[name]));
    }

    /// <summary>The node's metrics now.</summary>
    public static Metrics.ParsedMetrics Metrics(this TestNode node) => new(node.Get<Arauto.Metrics.PrometheusText>());
}
