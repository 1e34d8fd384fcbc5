using System.Collections.Concurrent;
using Arauto.Client.Tests.Scripting;
using Arauto.Client.Tests.Transports;
using Arauto.Client.Transports.Http;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests;

/// <summary>Server-Sent Events alone, against a server played by hand.</summary>
public sealed class ArautoClientEventStreamTests : ClientFixture
{
    public static TheoryData<string, string> Messages => WireFixtures.Frames(static name => name.StartsWith("message", StringComparison.Ordinal));

    public static TheoryData<string, string> Events => WireFixtures.Frames(static name => name is "presence join" or "presence leave" or "typing" or "receipt" or "gap trimmed");

    protected override TransportKind Transport => TransportKind.ServerSentEvents;

    [Fact]
    public async Task Messages_come_in_order_as_they_stood_on_the_wire()
    {
        Server.TakeRequests();
        var client = NewClient(o => o.Token = "T");
        var (messages, _) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        Assert.Equal(("Bearer T", "room:1", "true", false), (stream.Authorization, stream.Query["channels"], stream.Query["events"], stream.Query.ContainsKey("since")));
        Assert.False(stream.Query.ContainsKey("previous") || stream.Query.ContainsKey("reconnect") || stream.Query.ContainsKey("token"));
        await stream.GreetAsync("S");
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        Assert.Equal((TransportKind.ServerSentEvents, "s1", "alice", "n2"), (client.Status.Transport, client.Status.ConnectionId, client.Status.User, client.Status.Node));
        for (var n = 1; n <= 3; n++) await stream.SendMessageAsync("room:1", n, "S" + n);
        await Eventually.True(() => messages.Count == 3, "three messages");
        Assert.Equal([1L, 2, 3], messages.Select(m => m.Position.Offset));
        Assert.Equal(Peer.MessageJson("room:1", 2), System.Text.Encoding.UTF8.GetString(messages.ElementAt(1).Json.Span));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Recorded_messages_arrive_byte_for_byte(string name, string frame)
    {
        Server.TakeRequests();
        var (messages, _) = Read(NewClient(), "room:r1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await stream.SendAsync(frame, "S1");
        await Eventually.True(() => messages.Count == 1, name);
        Assert.Equal(frame, System.Text.Encoding.UTF8.GetString(messages.Single().Json.Span));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Recorded_events_are_told(string name, string frame)
    {
        Server.TakeRequests();
        var client = NewClient();
        var told = new ConcurrentQueue<ServerFrame>();
        client.PresenceChanged += (_, e) => told.Enqueue(e);
        client.Typing += (_, e) => told.Enqueue(e);
        client.ReceiptChanged += (_, e) => told.Enqueue(e);
        client.Gap += (_, e) => told.Enqueue(e);
        Read(client, "room:r1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await stream.ControlAsync(frame);
        await Eventually.True(() => told.Count == 1, name);
    }

    [Fact]
    public async Task Ten_subscriptions_made_together_are_one_stream_and_a_later_one_starts_it_anew()
    {
        Server.TakeRequests();
        var client = NewClient();
        var readers = Enumerable.Range(0, 10).Select(n => Read(client, $"room:{n}").Messages).ToList();
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        // Whoever came after the opening waits for the moment; together they are one more request at most.
        await Eventually.True(() => stream.Channels.Length == 10 || Time.Waiting.Contains(SubscriptionChanges.Moment), "all are asked for");
        if (stream.Channels.Length < 10)
        {
            await Eventually.True(() => States.Any(s => s.State == ConnectionState.Connected), "connected");
            stream = await RestartAsync(stream, "S");
        }
        Assert.Equal(10, stream.Channels.Length);
        await stream.SendMessageAsync("room:3", 1, "S1");
        await Eventually.True(() => readers[3].Count == 1, "the message");

        // A last word to the loop that collects changes may have begun a moment in which nothing changed.
        await Eventually.True(
            () =>
            {
                if (!Time.Waiting.Contains(SubscriptionChanges.Moment)) return true;
                Time.Advance(SubscriptionChanges.Moment);
                return false;
            },
            "no moment is under way");
        var (later, _) = Read(client, "room:late");
        var next = await RestartAsync(stream, "S2");
        Assert.Equal(11, next.Channels.Length);
        // All but one are still where the first stream began; that one has a message of its own.
        Assert.Equal(["cur1", "S"], next.Since.Order(StringComparer.Ordinal).Reverse().Order(StringComparer.OrdinalIgnoreCase));
        await next.SendMessageAsync("room:3", 1, "S3");
        await next.SendMessageAsync("room:3", 2, "S4");
        await next.SendMessageAsync("room:late", 1, "S5");
        await Eventually.True(() => later.Count == 1, "the new channel's message");
        Assert.Equal([1L, 2], readers[3].Select(m => m.Position.Offset));
        Assert.False(Server.HasRequest("/events"));
    }

    [Fact]
    public async Task Lost_stream_goes_on_from_the_newest_cursors()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await stream.SendMessageAsync("room:1", 5, "S5");
        await Eventually.True(() => messages.Count == 1, "the message");
        stream.Cut();
        await ReconnectAsync(client);
        stream = await Server.RequestAsync("/events");
        Assert.Equal((Peer.Cursor(5), "sse", "true"), (stream.Query["since"], stream.Query["previous"], stream.Query["reconnect"]));
        await stream.GreetAsync("S5");
        await stream.SendMessageAsync("room:1", 5, "S5");
        await stream.SendMessageAsync("room:1", 6, "S6");
        await Eventually.True(() => messages.Count == 2, "the next message, and the repeated one not again");
        stream.End();
        await ReconnectAsync(client);
        Assert.Equal(Peer.Cursor(6), (await Server.RequestAsync("/events")).Query["since"]);
    }

    [Fact]
    public async Task After_a_gap_every_channel_is_where_the_stream_is()
    {
        Server.TakeRequests();
        var client = NewClient();
        var gaps = new ConcurrentQueue<GapFrame>();
        client.Gap += (_, gap) => gaps.Enqueue(gap);
        Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await stream.SendMessageAsync("room:1", 1, "S1");
        await stream.SendAsync("""{"type":"gap","channel":"room:1","from":2,"to":4,"reason":"slow_consumer"}""", "S4");
        await Eventually.True(() => gaps.Count == 1, "the gap");
        stream.Cut();
        await ReconnectAsync(client);
        Assert.Equal("S4", (await Server.RequestAsync("/events")).Query["since"]);
    }

    [Fact]
    public async Task Silence_ends_the_stream_and_comments_are_signs_of_life()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S", interval: 10, timeout: 25);
        for (var n = 1; n <= 4; n++)
        {
            await stream.WriteAsync(": heartbeat\n\n");
            // A message shows that the comment before it was read.
            await stream.SendMessageAsync("room:1", n, "S");
            await Eventually.True(() => messages.Count == n, "the comment is read");
            await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(25)), "the silence is measured anew");
            Time.Advance(TimeSpan.FromSeconds(20));
        }
        Assert.Equal(ConnectionState.Connected, client.Status.State);
        Time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.Contains("25 s", client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Move_is_obeyed()
    {
        Server.TakeRequests();
        var client = NewClient();
        Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await stream.WriteAsync("retry: 4000\n");
        await stream.ControlAsync("""{"type":"move","after":4,"reason":"draining"}""");
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.InRange(client.Status.RetryAfter!.Value.TotalSeconds, 4, 5);
        await ReconnectAsync(client);
        Assert.Equal("S", (await Server.RequestAsync("/events")).Query["since"]);
    }

    [Fact]
    public async Task Channel_that_is_refused_is_found_and_the_others_go_on()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        var (_, refused) = Read(client, "room:secret");
        await PassMomentAsync();
        await (await Server.RequestAsync("/events")).RefuseAsync(403, "forbidden");
        for (var n = 0; n < 2; n++)
        {
            var alone = await Server.RequestAsync("/poll");
            Assert.Equal("0", alone.Query["wait"]);
            if (alone.Query["channels"] == "room:1") await alone.AnswerPollAsync("S");
            else await alone.RefuseAsync(403, "forbidden");
        }
        stream = await Server.RequestAsync("/events");
        Assert.Equal("room:1", stream.Query["channels"]);
        await stream.GreetAsync("S");
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ArautoException>(() => refused.WaitAsync(Eventually.Deadline, Cancel))).Code);
        await stream.SendMessageAsync("room:1", 1, "S1");
        await Eventually.True(() => messages.Count == 1, "the message of the other channel");
        Assert.DoesNotContain(States, status => status.State == ConnectionState.Waiting);
    }

    [Fact]
    public async Task Only_channel_that_is_refused_at_the_start_ends_its_enumeration_alone()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (_, refused) = Read(client, "room:secret");
        await (await Server.RequestAsync("/events")).RefuseAsync(403, "forbidden");
        await (await Server.RequestAsync("/healthz")).AnswerAsync("ok", type: "text/plain");
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ArautoException>(() => refused.WaitAsync(Eventually.Deadline, Cancel))).Code);
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }

    [Fact]
    public async Task Right_that_ends_takes_its_subscription_and_leaves_the_stream()
    {
        Server.TakeRequests();
        var client = NewClient();
        var (_, ended) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        await stream.ControlAsync("""{"type":"error","code":"forbidden","message":"No longer a member.","channel":"room:1"}""");
        await Assert.ThrowsAsync<ArautoException>(() => ended.WaitAsync(Eventually.Deadline, Cancel));
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }

    [Fact]
    public async Task Token_that_ends_is_asked_for_once_more()
    {
        Server.TakeRequests();
        var tokens = new Queue<string>(["first", "second", "second"]);
        var client = NewClient(o => o.TokenProvider = _ => ValueTask.FromResult<string?>(tokens.Dequeue()));
        var (_, reading) = Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        Assert.Equal("Bearer first", stream.Authorization);
        await stream.GreetAsync("S");
        await stream.ControlAsync("""{"type":"error","code":"token_expired","message":"The token has expired."}""");
        stream.End();
        await ReconnectAsync(client);
        stream = await Server.RequestAsync("/events");
        Assert.Equal("Bearer second", stream.Authorization);
        await stream.RefuseAsync(401, "token_revoked");
        await ReconnectAsync(client);
        Assert.Equal("unauthorized", (await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel))).Code);
        Assert.Empty(tokens);
    }

    [Fact]
    public async Task Renewed_token_is_used_by_the_next_stream_which_begins_at_once()
    {
        Server.TakeRequests();
        var first = Tokens.With(Time.GetUtcNow().AddSeconds(600), "first");
        var second = Tokens.With(Time.GetUtcNow().AddSeconds(1200), "second");
        var tokens = new Queue<string>([first, second]);
        var client = NewClient(o => o.TokenProvider = _ => ValueTask.FromResult<string?>(tokens.Dequeue()));
        Read(client, "room:1");
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S", interval: 3600, timeout: 7200);
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(540)), "renewal a minute before the end");
        Time.Advance(TimeSpan.FromSeconds(540));
        await PassMomentAsync();
        var next = await Server.RequestAsync("/events");
        Assert.Equal(("Bearer " + second, "S"), (next.Authorization, next.Query["since"]));
    }

    [Fact]
    public async Task Slow_reader_pauses_its_subscription_and_misses_nothing()
    {
        Server.TakeRequests();
        var client = NewClient(o => o.SubscriptionBuffer = 4);
        await using var reader = client.SubscribeAsync("room:1", cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        var first = reader.MoveNextAsync();
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync("S");
        for (var n = 1; n <= 8; n++) await stream.SendMessageAsync("room:1", n, "S" + n);
        Assert.True(await first);
        await PassMomentAsync(); // The only channel is left out, so there is no stream until the reader goes on.
        List<long> seen = [reader.Current.Position.Offset];
        while (seen.Count < 3)
        {
            Assert.True(await reader.MoveNextAsync());
            seen.Add(reader.Current.Position.Offset);
        }
        // The moment of the pause may include the resumption.
        await Eventually.True(() => Server.HasRequest("/events") || Time.Waiting.Contains(SubscriptionChanges.Moment), "it is asked for again");
        Time.Advance(SubscriptionChanges.Moment);
        var next = await Server.RequestAsync("/events");
        var at = int.Parse(next.Query["since"]["cur".Length..]);
        await next.GreetAsync(next.Query["since"]);
        for (var n = at + 1; n <= at + 2; n++) await next.SendMessageAsync("room:1", n, "S" + n);
        while (seen.Count < at + 2)
        {
            Assert.True(await reader.MoveNextAsync());
            seen.Add(reader.Current.Position.Offset);
        }
        Assert.Equal(Enumerable.Range(1, at + 2).Select(n => (long)n), seen);
    }

    private async Task<Exchange> RestartAsync(Exchange old, string cursor)
    {
        await PassMomentAsync();
        var stream = await Server.RequestAsync("/events");
        await stream.GreetAsync(cursor);
        old.Cut();
        return stream;
    }
}
