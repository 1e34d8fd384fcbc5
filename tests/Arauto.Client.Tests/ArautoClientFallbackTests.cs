using Arauto.Client.Tests.Scripting;
using static Arauto.Client.TransportKind;

namespace Arauto.Client.Tests;

/// <summary>The choice of the transport: rounds, what falls back and what does not, and the way back.</summary>
public sealed class ArautoClientFallbackTests : ClientFixture
{
    protected override TransportKind Transport => Auto;

    [Fact]
    public async Task Blocked_websocket_falls_back_at_once_to_a_stream_and_a_blocked_stream_to_polls()
    {
        Block(403);
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        Assert.Equal(("websocket", false), (stream.Query["previous"], stream.Query.ContainsKey("reconnect")));
        await stream.SendHeadAsync(); // And nothing else: a proxy holds the rest back.
        await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(5)), "the limit of the try is set");
        Time.Advance(TimeSpan.FromSeconds(5));
        var poll = await Server.RequestAsync("/poll");
        Assert.Equal("sse", poll.Query["previous"]);
        await poll.AnswerPollAsync("P1", [Peer.MessageJson("room:1", 1)]);
        await Eventually.True(() => messages.Count == 1, "the message");
        Assert.Equal([WebSocket, ServerSentEvents, LongPolling, LongPolling], States.Select(status => status.Transport));
        Assert.Equal([ConnectionState.Connecting, ConnectionState.Connecting, ConnectionState.Connecting, ConnectionState.Connected], States.Select(status => status.State));
        Assert.Contains("403", States.ElementAt(1).Reason, StringComparison.Ordinal);
        Assert.Contains("5 s", client.Status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>", "text/html")]
    [InlineData("", "text/event-stream")]
    [InlineData("data: {}\n\n", "text/event-stream")]
    public async Task What_is_no_stream_of_the_server_falls_back(string body, string type)
    {
        Block(400);
        var client = NewClient();
        Read(client, "room:1");
        await (await Server.RequestAsync("/events")).AnswerAsync(body, type: type);
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        await Eventually.True(() => client.Status is { State: ConnectionState.Connected, Transport: LongPolling }, "polling");
    }

    [Fact]
    public async Task Only_a_round_that_failed_as_a_whole_waits_and_as_long_as_any_was_told_to()
    {
        Block(403);
        var client = NewClient();
        Read(client, "room:1");
        await (await Server.RequestAsync("/events")).RefuseAsync(503, "unavailable", retryAfter: 20);
        await (await Server.RequestAsync("/poll")).AnswerAsync("<html>", type: "text/html");
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.InRange(client.Status.RetryAfter!.Value.TotalSeconds, 20, 21);
        await ReconnectAsync(client);
        Assert.Equal("websocket", (await Server.RequestAsync("/events")).Query["previous"]);
        Assert.Equal([WebSocket, ServerSentEvents, LongPolling, null, WebSocket, ServerSentEvents], States.Select(status => status.Transport));
    }

    [Fact]
    public async Task Round_that_is_refused_everywhere_for_good_closes_the_client()
    {
        Block(404);
        var client = NewClient();
        var (_, reading) = Read(client, "room:1");
        await (await Server.RequestAsync("/events")).AnswerAsync("", 404);
        await (await Server.RequestAsync("/poll")).AnswerAsync("", 404);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel))).Code);
    }

    [Fact]
    public async Task Refused_token_does_not_fall_back()
    {
        Block(401);
        var client = NewClient(o => o.Token = "bad");
        var (_, reading) = Read(client, "room:1");
        Assert.Equal("unauthorized", (await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel))).Code);
        Assert.False(Server.HasRequest("/events") || Server.HasRequest("/poll"));
    }

    [Fact]
    public async Task Token_that_a_stream_refuses_does_not_fall_back_either()
    {
        Block(403);
        var client = NewClient(o => o.Token = "bad");
        var (_, reading) = Read(client, "room:1");
        await (await Server.RequestAsync("/events")).RefuseAsync(401, "token_revoked");
        Assert.Equal("token_revoked", (await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel))).Code);
        Assert.False(Server.HasRequest("/poll"));
    }

    [Fact]
    public async Task After_a_loss_the_last_one_that_worked_is_tried_first()
    {
        Block(403);
        var client = NewClient();
        Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        stream.Cut();
        await ReconnectAsync(client);
        stream = await Server.RequestAsync("/events");
        Assert.Equal(("S", "sse", "true"), (stream.Query["since"], stream.Query["previous"], stream.Query["reconnect"]));
        Assert.Equal([WebSocket, ServerSentEvents, ServerSentEvents, null, ServerSentEvents], States.Select(status => status.Transport));
    }

    [Fact]
    public async Task Websocket_that_gets_through_again_takes_over_without_loss_or_doubles()
    {
        Block(403);
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S", interval: 3600, timeout: 7200);
        await stream.SendMessageAsync("room:1", 1, "S1");
        await Eventually.True(() => messages.Count == 1, "the message");

        await PassProbeIntervalAsync(30); // Still blocked.
        await Eventually.True(() => Time.Waiting.Any(w => w.TotalSeconds is >= 45 and <= 75), "the next probe is due in about 60 s");
        Server.Refuse = static _ => false;
        await stream.SendMessageAsync("room:1", 2, "S2");
        await Eventually.True(() => messages.Count == 2, "the stream goes on");
        await PassProbeIntervalAsync(60);
        var peer = await Server.NextAsync();
        Assert.Equal("?previous=sse", peer.Query);
        await stream.SendMessageAsync("room:1", 3, "S3"); // While the probe is on its way.
        await Eventually.True(() => messages.Count == 3, "the stream goes on until the other is open");
        await peer.SendAsync("""{"type":"connected","connection":"c1","user":"alice","node":"n1","heartbeat":{"interval":30,"timeout":90}}""");
        Assert.Equal(Peer.Cursor(3), (await peer.AcceptSubscriptionAsync(3, resumed: true)).GetProperty("since").GetString());
        await peer.SendMessageAsync("room:1", 3);
        await peer.SendMessageAsync("room:1", 4);
        await Eventually.True(() => messages.Count == 4, "the message over WebSocket");
        await Eventually.True(() => stream.Aborted.IsCancellationRequested, "the stream is given up");
        Assert.Equal([1L, 2, 3, 4], messages.Select(m => m.Position.Offset));
        Assert.Equal(WebSocket, client.Status.Transport);
        Assert.DoesNotContain(States, status => status.State == ConnectionState.Waiting);
        Assert.Null(client.Status.Reason);
    }

    [Fact]
    public async Task Stream_that_gets_through_again_takes_over_from_polls_with_what_the_probe_brought()
    {
        Block(403);
        var client = NewClient(o => o.ProbeInterval = TimeSpan.FromSeconds(8));
        var (messages, _) = Read(client, "room:1");
        await (await Server.RequestAsync("/events")).AnswerAsync("<html>", type: "text/html");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        var poll = await Server.RequestAsync("/poll");
        await PassProbeIntervalAsync(8);
        var stream = await Server.RequestAsync("/events");
        Assert.Equal(("P0", "poll"), (stream.Query["since"], stream.Query["previous"]));
        // The polls bring what the stream will bring, too.
        await poll.AnswerPollAsync("P2", [Peer.MessageJson("room:1", 1), Peer.MessageJson("room:1", 2)]);
        await Eventually.True(() => messages.Count == 2, "the messages of the poll");
        poll = await Server.RequestAsync("/poll");
        var (late, _) = Read(client, "room:2"); // Not among the channels of the probe.
        await stream.GreetAsync("P0");
        for (var n = 1; n <= 3; n++) await stream.SendMessageAsync("room:1", n, "S" + n);
        await Eventually.True(() => messages.Count == 3, "the new one only");
        Assert.Equal([1L, 2, 3], messages.Select(m => m.Position.Offset));
        await Eventually.True(() => poll.Aborted.IsCancellationRequested, "the poll is given up");
        await PassMomentAsync();
        var whole = await Server.RequestAsync("/events");
        Assert.Equal(("room:1,room:2", Peer.Cursor(3)), (whole.Query["channels"], whole.Query["since"]));
        await whole.GreetAsync("S3");
        await whole.SendMessageAsync("room:2", 1, "S4");
        await Eventually.True(() => late.Count == 1, "the message of the late channel");
    }

    [Fact]
    public async Task Commands_in_flight_move_to_the_better_transport()
    {
        Block(403);
        var client = NewClient();
        Read(client, "room:1");
        await (await Server.RequestAsync("/events")).GreetAsync("S", interval: 3600, timeout: 7200);
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        Server.Refuse = static _ => false;
        await PassProbeIntervalAsync(30);
        var peer = await Server.NextAsync();
        var publishing = client.PublishAsync("room:1", "chat", 1, key: "K", cancellationToken: Cancel);
        await Server.RequestAsync("/v1/publish"); // Never answered.
        await peer.SendAsync("""{"type":"connected","connection":"c1","user":"alice","node":"n1","heartbeat":{"interval":30,"timeout":90}}""");
        await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(2)), "the goodbye has a bound");
        Time.Advance(TimeSpan.FromSeconds(2));
        await peer.AcceptSubscriptionAsync(0);
        Assert.Equal("K", (await peer.AnswerPublishAsync(1)).GetProperty("key").GetString());
        Assert.Equal(1, (await Eventually.Within(publishing)).Position.Offset);
    }

    [Theory]
    [InlineData(nameof(ArautoClientOptions.Transport))]
    [InlineData(nameof(ArautoClientOptions.AnswerTimeout))]
    [InlineData(nameof(ArautoClientOptions.ProbeInterval))]
    [InlineData(nameof(ArautoClientOptions.MaxProbeInterval))]
    public void Wrong_option_is_named(string name) => Assert.Equal(name, Assert.Throws<ArgumentException>(() => NewClient(o =>
    {
        o.Transport = name == nameof(o.Transport) ? (TransportKind)9 : Auto;
        if (name == nameof(o.AnswerTimeout)) o.AnswerTimeout = TimeSpan.Zero;
        if (name == nameof(o.ProbeInterval)) o.ProbeInterval = TimeSpan.Zero;
        if (name == nameof(o.MaxProbeInterval)) o.MaxProbeInterval = TimeSpan.FromSeconds(29);
    })).ParamName);

    /// <summary>Answers WebSocket handshakes as a proxy that does not know them, and takes the other requests by hand.</summary>
    private void Block(int status)
    {
        Server.Refuse = context =>
        {
            context.Response.StatusCode = status;
            return true;
        };
        Server.TakeRequests();
    }
}
