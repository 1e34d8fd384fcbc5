using System.Diagnostics;
using System.Net.Http.Json;
using Arauto.Stores;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary><c>GET /poll</c>: when it answers, and with what.</summary>
public sealed class PollTests
{
    private const string A = "public:a";
    private const string B = "public:b";
    private static readonly string[] Members = ["bob"];

    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_place_and_a_wait_the_answer_is_the_place_now()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        for (var i = 0; i < 3; i++) await node.PublishAsync(A);

        using var response = await http.GetAsync($"/poll?channels={A},{B}&wait=0", headers: []);

        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore, "a cache may keep the answer");
        var answer = await response.JsonAsync();
        Assert.Equal(["cursor", "messages"], answer.Select(field => field.Key));
        Assert.Empty(answer.Messages());
        Assert.Equal((3, 0), (answer.Cursor().PlaceIn(A), answer.Cursor().PlaceIn(B)));
        await node.NothingIsLeftAsync();
    }

    [Fact]
    public async Task What_lies_behind_the_cursor_is_answered_at_once_as_subscribers_get_it()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        await using var webSocket = await node.ConnectAsync("alice");
        await webSocket.SubscribeAsync(A);
        var since = (await http.PollAsync($"{A},{B}", wait: "0")).Cursor();
        await node.PublishAsync(A, "{\"content\":\n \"olá\"}");
        await node.PublishAsync(A, "2");

        // The clock stands: whoever waits, waits for ever.
        var answer = await http.PollAsync($"{A},{B}", since);

        Assert.Equal([(await webSocket.ReceiveAsync()).ToJsonString(), (await webSocket.ReceiveAsync()).ToJsonString()], answer.Messages().Select(message => message.ToJsonString()));
        Assert.Equal((2, 0), (answer.Cursor().PlaceIn(A), answer.Cursor().PlaceIn(B)));
    }

    [Theory]
    [InlineData("", 25)]
    [InlineData("0.75", 0.75)]
    [InlineData(".75", 0.75)]
    [InlineData("55", 55)]
    [InlineData("56", 55)]
    [InlineData("99999999999999999999", 55)]
    public async Task Nothing_comes_and_the_answer_is_empty_after_the_wait(string wait, double seconds)
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        var since = (await http.PollAsync(A, wait: "0")).Cursor();
        var (whole, last) = (TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(10));
        var polling = http.PollAsync(A, since, wait);
        await Eventually.TrueAsync("the poll waits", () => _time.IsDueIn(whole));

        _time.Advance(whole - last);
        Assert.False(polling.IsCompleted);
        _time.Advance(last);

        var answer = await polling;
        Assert.Empty(answer.Messages());
        Assert.Equal(since, answer.Cursor());
        await node.NothingIsLeftAsync(_time);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("1e1")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("Infinity")]
    [InlineData("%20")]
    [InlineData("1&wait=2")]
    public async Task A_wait_that_is_no_number_of_seconds_is_refused(string wait)
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using var response = await http.GetAsync($"/poll?channels={A}&wait={wait}", headers: []);
        await response.IsErrorAsync(400, "invalid_message");
    }

    [Fact]
    public async Task A_message_that_comes_during_the_wait_is_answered_at_once()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        var first = await WaitingAsync(node, http, $"{A},{B}");
        await node.PublishAsync(B);

        var answer = await first;
        Assert.Equal((B, 1), ((string)answer.Messages().Single()["channel"]!, (int)answer.Messages().Single().Offset()));
        Assert.Equal((0, 1), (answer.Cursor().PlaceIn(A), answer.Cursor().PlaceIn(B)));
        await node.NothingIsLeftAsync(_time);
    }

    [Fact]
    public async Task Presence_typing_and_receipts_end_the_wait_if_asked_for()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        await using var bob = await node.ConnectAsync("bob");
        await bob.SubscribeAsync(A);
        await node.PublishAsync(A);
        var plain = await WaitingAsync(node, http, A);

        var with = await WaitingAsync(node, http, A, more: "&events=true", already: 1);
        await bob.AskAsync(new { type = "typing", channel = A });
        var typed = await with;
        Assert.Equal("typing", Assert.Single(typed["events"]!.AsArray())!["type"]!.GetValue<string>());
        Assert.Equal("bob", (string?)typed["events"]![0]!["user"]);
        Assert.Empty(typed.Messages());

        with = await WaitingAsync(node, http, A, more: "&events=true", already: 1);
        await bob.AskAsync(new { type = "receipt", channel = A, read = 1 });
        Assert.Equal("receipt", (string?)(await with)["events"]!.AsArray().Single()!["type"]);

        with = await WaitingAsync(node, http, A, more: "&events=true", already: 1);
        await using var carol = await node.ConnectAsync("carol");
        await carol.SubscribeAsync(A);
        Assert.Equal(("presence", "join"), (await with)["events"]!.AsArray().Single() is { } joined ? ((string)joined["type"]!, (string)joined["action"]!) : default);

        Assert.False(plain.IsCompleted);
        await node.PublishAsync(A);
        var answer = await plain;
        Assert.Single(answer.Messages());
        Assert.Null(answer["events"]);
    }

    [Fact]
    public async Task What_is_gone_stands_in_the_gaps_once()
    {
        await using var node = await TestNode.StartAsync(options => options.Channels["public:"].HistoryMessages = 10);
        using var http = node.Client("alice");
        await node.PublishAsync(A);
        var since = (await http.PollAsync($"{A},{B}", wait: "0")).Cursor();
        for (var i = 2; i <= 30; i++) await node.PublishAsync(A);

        var answer = await http.PollAsync($"{A},{B}", since);
        var gap = Assert.Single(answer["gaps"]!.AsArray())!.AsObject();
        Assert.Equal(("gap", A, 2, 20, "trimmed"), (gap.Type(), (string)gap["channel"]!, (int)gap["from"]!, (int)gap["to"]!, (string)gap["reason"]!));
        Assert.Equal(Enumerable.Range(21, 10), answer.Messages().Select(message => (int)message.Offset()));

        var next = await http.PollAsync($"{A},{B}", answer.Cursor(), wait: "0");
        Assert.Null(next["gaps"]);
        Assert.Empty(next.Messages());

        await node.Get<IStore>().Log.ResetAsync(A, CancellationToken.None);
        await node.PublishAsync(A);
        answer = await http.PollAsync($"{A},{B}", next.Cursor());
        Assert.Equal("epoch_changed", (string?)Assert.Single(answer["gaps"]!.AsArray())!["reason"]);
        Assert.Equal([1], answer.Messages().Select(message => message.Offset()));
    }

    [Fact]
    public async Task Only_the_channels_asked_for_are_answered()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        var polling = await WaitingAsync(node, http, A);
        await node.PublishAsync("user:alice", "1");
        await node.PublishAsync(A, "2");
        Assert.Equal([A], (await polling).Messages().Select(message => (string)message["channel"]!));
    }

    [Fact]
    public async Task A_right_that_goes_during_the_wait_ends_it_and_the_next_poll_is_refused()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var owner = node.Client("alice");
        using var made = await owner.PostAsJsonAsync("/v1/rooms", new { type = "private", members = Members }, Cancelled);
        var room = (string)(await made.JsonAsync())["channel"]!;
        using var http = node.Client("bob");
        var polling = await WaitingAsync(node, http, $"{room},{A}");

        using var removed = await owner.DeleteAsync($"/v1/rooms/{room["room:".Length..]}/members/bob", Cancelled);

        var answer = await polling;
        Assert.Empty(answer.Messages());
        using var refused = await http.GetAsync($"/poll?channels={room},{A}&since={answer.Cursor()}", headers: []);
        await refused.IsErrorAsync(403, "forbidden");
        await node.NothingIsLeftAsync(_time);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_ends_during_the_wait_ends_it_and_the_next_poll_is_refused(bool revoked)
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = new HttpClient { BaseAddress = node.Http, DefaultRequestHeaders = { Authorization = new("Bearer", node.Token("alice", lifetime: TimeSpan.FromSeconds(20))) } };
        var polling = await WaitingAsync(node, http, A, wait: "55");

        _time.Advance(TimeSpan.FromSeconds(revoked ? 1 : 21));
        if (revoked) await node.Get<Arauto.Auth.RevocationList>().RevokeUserAsync("alice", null, CancellationToken.None);

        Assert.Empty((await polling).Messages());
        using var refused = await http.GetAsync($"/poll?channels={A}", headers: []);
        await refused.IsErrorAsync(401, revoked ? "token_revoked" : "token_expired");
        await node.NothingIsLeftAsync(_time);
    }

    [Fact]
    public async Task A_node_that_drains_answers_who_waits_and_takes_no_more()
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Drain.SpreadSeconds = 0;
            options.Drain.DeadlineSeconds = 20;
        });
        using var http = node.Client("alice");
        await node.PublishAsync(A);
        var watch = Stopwatch.StartNew();
        var polling = await WaitingAsync(node, http, A);
        // One that stays keeps the node up.
        await using var webSocket = await node.ConnectAsync("bob");
        await webSocket.ReceiveAsync("connected");
        var stopping = node.StopAsync();

        var answer = await polling;
        Assert.Empty(answer.Messages());
        Assert.Equal(1, answer.Cursor().PlaceIn(A));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 15);
        await webSocket.ReceiveAsync("move");
        using (var refused = await http.GetAsync($"/poll?channels={A}&since={answer.Cursor()}", headers: []))
        {
            await refused.IsErrorAsync(503, "unavailable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        await webSocket.DisposeAsync();
        await stopping;
    }

    [Fact]
    public async Task A_client_that_goes_during_the_wait_leaves_nothing_behind()
    {
        await using var node = await TestNode.StartAsync(time: _time);
        using var http = node.Client("alice");
        using var gone = new CancellationTokenSource();
        var polls = Enumerable.Range(0, 5).Select(i => http.GetAsync(new Uri(node.Http, $"/poll?channels=public:{i},{A}"), gone.Token)).ToArray();
        await Eventually.TrueAsync("all wait", () => node.Metrics()["arauto_subscriptions"] == 10);

        await gone.CancelAsync();

        foreach (var poll in polls) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await node.NothingIsLeftAsync(_time);
    }

    [Fact]
    public async Task A_user_polls_at_the_rate_of_requests()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.RequestsPerSecond = 2, time: _time);
        using var http = node.Client("alice");
        for (var i = 0; i < 8; i++) await http.PollAsync(A, wait: "0");
        using (var refused = await http.GetAsync($"/poll?channels={A}&wait=0", headers: []))
        {
            var error = await refused.IsErrorAsync(429, "rate_limited");
            Assert.Equal(0.5, (double)error["retry_after"]!, 3);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        }
        await node.Client("bob").PollAsync(A, wait: "0");
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await http.PollAsync(A, wait: "0");
    }

    /// <summary>A poll that is known to wait.</summary>
    private static async Task<Task<System.Text.Json.Nodes.JsonObject>> WaitingAsync(TestNode node, HttpClient http, string channels, string wait = "20", string more = "", int already = 0)
    {
        // One that was answered is counted until its lane has put it away.
        await Eventually.TrueAsync("earlier polls are gone", () => Count() == already);
        var polling = http.PollAsync(channels, wait: wait, more: more);
        await Eventually.TrueAsync("the poll has begun", () => Count() == already + 1);
        await node.LanesHaveDoneAsync();
        return polling;

        double Count() => node.Metrics() is var metrics && metrics.Names.Contains(Polls) ? metrics[Polls] : 0;
    }

    private const string Polls = """arauto_connections{transport="poll",protocol="arauto.v1.json"}""";
}
