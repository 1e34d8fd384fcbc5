using System.Collections.Concurrent;
using Arauto.Client.Tests.Scripting;

namespace Arauto.Client.Tests;

/// <summary>Long polling alone, against a server played by hand.</summary>
public sealed class ArautoClientPollingTests : ClientFixture
{
    protected override TransportKind Transport => TransportKind.LongPolling;

    [Fact]
    public async Task First_poll_does_not_wait_and_each_next_one_goes_on_from_the_last_cursor()
    {
        Server.TakeRequests();
        var client = NewClient(o => o.Token = Tokens.With(Time.GetUtcNow().AddHours(1), "alice"));
        var (messages, _) = Read(client, "room:1");
        var poll = await Server.RequestAsync("/poll");
        Assert.Equal(("room:1", "0", "true", false), (poll.Query["channels"], poll.Query["wait"], poll.Query["events"], poll.Query.ContainsKey("since")));
        await poll.AnswerPollAsync("P0");
        poll = await Server.RequestAsync("/poll");
        Assert.Equal(("P0", "25", false), (poll.Query["since"], poll.Query["wait"], poll.Query.ContainsKey("previous")));
        // The poll that waits may be there before the status says so.
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        Assert.Equal((ConnectionState.Connected, TransportKind.LongPolling, "alice", null), (client.Status.State, client.Status.Transport, client.Status.User, client.Status.ConnectionId));
        await poll.AnswerPollAsync("P2", [Peer.MessageJson("room:1", 1), Peer.MessageJson("room:1", 2)]);
        poll = await Server.RequestAsync("/poll");
        Assert.Equal("P2", poll.Query["since"]);
        await Eventually.True(() => messages.Count == 2, "both messages");
        Assert.Equal(Peer.MessageJson("room:1", 2), System.Text.Encoding.UTF8.GetString(messages.Last().Json.Span));
        poll.Cut();
        await ReconnectAsync(client);
        poll = await Server.RequestAsync("/poll");
        Assert.Equal(("P2", "0", "poll", "true"), (poll.Query["since"], poll.Query["wait"], poll.Query["previous"], poll.Query["reconnect"]));
    }

    [Fact]
    public async Task Message_of_the_moment_in_which_polling_began_is_not_taken_for_an_old_one()
    {
        Server.TakeRequests();
        var (messages, _) = Read(NewClient(), "room:1");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P1", [Peer.MessageJson("room:1", 1)]);
        await Eventually.True(() => messages.Count == 1, "the message");
    }

    [Fact]
    public async Task Gaps_come_before_the_messages_and_events_are_told()
    {
        Server.TakeRequests();
        var client = NewClient();
        var told = new ConcurrentQueue<string>();
        client.Subscribed += (_, reply) => told.Enqueue($"subscribed, resumed {reply.Resumed}");
        client.Gap += (_, gap) => told.Enqueue($"gap {gap.From}-{gap.To}");
        client.Typing += (_, typing) => told.Enqueue($"typing {typing.User}");
        var (messages, _) = Read(client, "room:1", since: "old");
        var poll = await Server.RequestAsync("/poll");
        Assert.Equal("old", poll.Query["since"]);
        await poll.AnswerPollAsync(
            "P9",
            [Peer.MessageJson("room:1", 9)],
            ["""{"type":"gap","channel":"room:1","from":5,"to":8,"reason":"trimmed"}"""],
            ["""{"type":"typing","channel":"room:1","user":"bob"}"""]);
        await Eventually.True(() => messages.Count == 1 && told.Count == 3, "everything");
        Assert.Equal(["subscribed, resumed False", "gap 5-8", "typing bob"], told);
    }

    [Fact]
    public async Task Empty_answers_before_their_time_are_not_asked_for_as_fast_as_the_network_allows()
    {
        Server.TakeRequests();
        Read(NewClient(), "room:1");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromMilliseconds(250)), "it waits a little");
        Assert.False(Server.HasRequest("/poll"));
        Time.Advance(TimeSpan.FromMilliseconds(250));
        await Server.RequestAsync("/poll");
    }

    [Fact]
    public async Task New_subscription_ends_the_wait_and_nothing_comes_twice()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        var waiting = await Server.RequestAsync("/poll");
        await waiting.AnswerPollAsync("P1", [Peer.MessageJson("room:1", 1)]);
        waiting = await Server.RequestAsync("/poll");
        await Eventually.True(() => messages.Count == 1, "the message");
        var (others, _) = Read(client, "room:2");
        await PassMomentAsync();
        var poll = await Server.RequestAsync("/poll");
        await Eventually.True(() => waiting.Aborted.IsCancellationRequested, "the old request is given up");
        Assert.Equal(("room:1,room:2", "P1", "0"), (poll.Query["channels"], poll.Query["since"], poll.Query["wait"]));
        await poll.AnswerPollAsync("Q", [Peer.MessageJson("room:1", 1), Peer.MessageJson("room:1", 2), Peer.MessageJson("room:2", 1)]);
        await Eventually.True(() => messages.Count == 2 && others.Count == 1, "the new messages");
        Assert.Equal([1L, 2], messages.Select(m => m.Position.Offset));
    }

    [Fact]
    public async Task Node_that_drains_is_left_for_the_time_it_names()
    {
        Server.TakeRequests();
        var client = NewClient();
        Read(client, "room:1");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        await (await Server.RequestAsync("/poll")).RefuseAsync(503, "unavailable", retryAfter: 7);
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.InRange(client.Status.RetryAfter!.Value.TotalSeconds, 7, 8);
    }

    [Fact]
    public async Task Poll_that_is_never_answered_is_given_up()
    {
        Server.TakeRequests();
        var client = NewClient();
        Read(client, "room:1");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        await Server.RequestAsync("/poll");
        await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(35)), "the limit is set");
        Time.Advance(TimeSpan.FromSeconds(35));
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.Contains("35 s", client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Right_that_goes_while_waiting_ends_its_subscription_only()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (_, ended) = Read(client, "room:1");
        await (await Server.RequestAsync("/poll")).AnswerPollAsync("P0");
        await (await Server.RequestAsync("/poll")).RefuseAsync(403, "forbidden");
        await (await Server.RequestAsync("/poll")).RefuseAsync(403, "forbidden");
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ArautoException>(() => ended.WaitAsync(Eventually.Deadline, Cancel))).Code);
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }
}
