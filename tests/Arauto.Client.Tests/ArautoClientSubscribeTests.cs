using System.Collections.Concurrent;
using Arauto.Client.Tests.Scripting;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests;

public sealed class ArautoClientSubscribeTests : ClientFixture
{
    [Fact]
    public async Task Messages_come_in_order_as_they_stood_on_the_wire()
    {
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        Assert.False((await peer.AcceptSubscriptionAsync(0)).TryGetProperty("since", out _));
        for (var n = 1; n <= 3; n++) await peer.SendMessageAsync("room:1", n);
        await Eventually.True(() => messages.Count == 3, "three messages");
        Assert.Equal([1L, 2, 3], messages.Select(m => m.Position.Offset));
        Assert.Equal(Peer.MessageJson("room:1", 2), System.Text.Encoding.UTF8.GetString(messages.ElementAt(1).Json.Span));
        Assert.Equal(2, messages.ElementAt(1).DataAs<Numbered>()!.N);
    }

    [Fact]
    public async Task Lost_connection_resumes_from_the_last_message_and_drops_repeated_ones()
    {
        var client = NewClient();
        var (messages, _) = Read(client, "room:1", since: "start");
        var peer = await Server.AcceptAsync();
        Assert.Equal("start", (await peer.AcceptSubscriptionAsync(4, resumed: true)).GetProperty("since").GetString());
        await peer.SendMessageAsync("room:1", 5);
        await peer.SendMessageAsync("room:1", 6);
        await Eventually.True(() => messages.Count == 2, "two messages");
        peer.Cut();

        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        Assert.Equal(Peer.Cursor(6), (await peer.AcceptSubscriptionAsync(6, resumed: true)).GetProperty("since").GetString());
        foreach (var offset in new[] { 5, 6, 6, 7, 7, 8 }) await peer.SendMessageAsync("room:1", offset);
        await Eventually.True(() => messages.Count >= 4, "the missed messages");
        Assert.Equal([5L, 6, 7, 8], messages.Select(m => m.Position.Offset));
    }

    [Fact]
    public async Task Quiet_channel_resumes_from_where_the_subscription_began()
    {
        var client = NewClient();
        var subscribed = 0;
        client.Subscribed += (_, _) => Volatile.Write(ref subscribed, 1);
        Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(41);
        await Eventually.True(() => Volatile.Read(ref subscribed) == 1, "subscribed");
        peer.Cut();
        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        Assert.Equal(Peer.Cursor(41), (await peer.ExpectAsync("subscribe")).GetProperty("since").GetString());
    }

    [Fact]
    public async Task Gap_is_announced_and_the_new_epoch_is_followed()
    {
        var client = NewClient();
        var gaps = new ConcurrentQueue<GapFrame>();
        client.Gap += (_, gap) => gaps.Enqueue(gap);
        var (messages, _) = Read(client, "room:1", since: "old");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(7);
        await peer.SendMessageAsync("room:1", 8);
        await peer.SendAsync("""{"type":"gap","channel":"room:1","from":0,"to":0,"reason":"epoch_changed"}""");
        await peer.SendMessageAsync("room:1", 1, epoch: "00000000000000b2");
        await Eventually.True(() => messages.Count == 2, "messages of both epochs");
        Assert.Equal(GapReason.EpochChanged, Assert.Single(gaps).Reason);
        Assert.Equal([8L, 1], messages.Select(m => m.Position.Offset));
    }

    [Fact]
    public async Task Refused_subscription_ends_its_enumeration_only()
    {
        var client = NewClient();
        var (_, reading) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.RefuseAsync(await peer.ExpectAsync("subscribe"), "forbidden");
        var error = await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel));
        Assert.Equal("forbidden", error.Code);
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }

    [Fact]
    public async Task Right_that_ends_takes_the_live_subscription_with_it()
    {
        var client = NewClient();
        var (_, reading) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendAsync("""{"type":"error","code":"forbidden","message":"No longer a member.","channel":"room:1"}""");
        await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel));
    }

    [Fact]
    public async Task Subscription_that_is_put_off_is_asked_for_again_when_the_server_said()
    {
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.RefuseAsync(await peer.ExpectAsync("subscribe"), "unavailable", retryAfter: 5);
        await Eventually.True(() => Time.Waiting.Any(w => w >= TimeSpan.FromSeconds(5) && w <= TimeSpan.FromSeconds(6)), "the retry is due in 5 to 6 s");
        Time.Advance(TimeSpan.FromSeconds(6.1));
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendMessageAsync("room:1", 1);
        await Eventually.True(() => messages.Count == 1, "the message");
    }

    [Fact]
    public async Task Live_subscription_that_the_server_ends_for_now_resumes_from_its_cursor()
    {
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendMessageAsync("room:1", 1);
        await peer.SendAsync("""{"type":"error","code":"unavailable","message":"The history cannot be read now.","channel":"room:1","retry_after":5}""");
        await Eventually.True(() => Time.Waiting.Any(w => w >= TimeSpan.FromSeconds(5) && w <= TimeSpan.FromSeconds(6)), "the retry is due in 5 to 6 s");
        Time.Advance(TimeSpan.FromSeconds(6.1));
        Assert.Equal(Peer.Cursor(1), (await peer.AcceptSubscriptionAsync(1, resumed: true)).GetProperty("since").GetString());
        await peer.SendMessageAsync("room:1", 2);
        await Eventually.True(() => messages.Count == 2, "the next message");
    }

    [Fact]
    public async Task Slow_reader_pauses_its_subscription_and_misses_nothing()
    {
        var client = NewClient(o => o.SubscriptionBuffer = 4);
        await using var reader = client.SubscribeAsync("room:1", cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        var first = reader.MoveNextAsync();
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        for (var n = 1; n <= 8; n++) await peer.SendMessageAsync("room:1", n);
        Assert.True(await first);
        Assert.Equal(1, reader.Current.Position.Offset);
        await peer.ExpectAsync("unsubscribe");

        // The connection is not held up: other calls get their answers.
        var publishing = client.PublishAsync("room:1", "chat", new { }, cancellationToken: Cancel);
        await peer.AnswerPublishAsync(9);
        await Eventually.Within(publishing);

        List<long> seen = [1];
        while (seen.Count < 3)
        {
            Assert.True(await reader.MoveNextAsync());
            seen.Add(reader.Current.Position.Offset);
        }
        var command = await peer.ExpectAsync("subscribe");
        var cursor = command.GetProperty("since").GetString()!;
        var at = int.Parse(cursor["cur".Length..]);
        await peer.SendMessageAsync("room:1", 99); // Of the ended subscription: ignored.
        await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"room:1","cursor":"{{cursor}}","epoch":"{{Peer.Epoch}}","offset":{{at}},"resumed":true}""");
        for (var n = at + 1; n <= at + 2; n++) await peer.SendMessageAsync("room:1", n);
        while (seen.Count < at + 2)
        {
            Assert.True(await reader.MoveNextAsync());
            seen.Add(reader.Current.Position.Offset);
        }
        Assert.Equal(Enumerable.Range(1, at + 2).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task Ended_enumeration_unsubscribes_and_the_channel_is_free_again()
    {
        var client = NewClient();
        await using (var reader = client.SubscribeAsync("room:1", cancellationToken: Cancel).GetAsyncEnumerator(Cancel))
        {
            var first = reader.MoveNextAsync();
            var peer = await Server.AcceptAsync();
            await peer.AcceptSubscriptionAsync(0);
            await peer.SendMessageAsync("room:1", 1);
            Assert.True(await first);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.SubscribeAsync("room:1", cancellationToken: Cancel).GetAsyncEnumerator(Cancel).MoveNextAsync());
            await reader.DisposeAsync();
            await peer.ExpectAsync("unsubscribe");
            Read(client, "room:1");
            await peer.ExpectAsync("subscribe");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a*")]
    public void Wrong_channel_name_is_refused_at_the_call(string channel) =>
        Assert.Throws<ArgumentException>(() => { NewClient().SubscribeAsync(channel, cancellationToken: Cancel); });

    private sealed record Numbered(int N);
}
