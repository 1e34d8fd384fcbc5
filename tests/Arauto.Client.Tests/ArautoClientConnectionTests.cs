using Arauto.Client.Tests.Scripting;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests;

public sealed class ArautoClientConnectionTests : ClientFixture
{
    [Fact]
    public async Task Nothing_is_sent_before_the_first_use_and_dispose_says_goodbye()
    {
        var client = NewClient();
        Assert.Equal(ConnectionState.Idle, client.Status.State);
        var ping = client.PingAsync(Cancel);
        var peer = await Server.AcceptAsync();
        await peer.ExpectAsync("ping");
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        Assert.Equal(("c1", "alice", "n1"), (client.Status.ConnectionId, client.Status.User, client.Status.Node));
        var disposing = client.DisposeAsync();
        Assert.Null(await peer.ReceiveAsync());
        await disposing;
        Assert.Equal(ConnectionState.Closed, client.Status.State);
        await Assert.ThrowsAnyAsync<Exception>(() => Eventually.Within(ping));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.PingAsync(Cancel));
    }

    [Fact]
    public async Task Silence_leads_to_a_ping_and_then_to_a_new_connection()
    {
        var client = NewClient();
        Read(client, "room:1");
        var peer = await Server.AcceptAsync(interval: 10, timeout: 25);
        await peer.ExpectAsync("subscribe"); // Not answered: the greeting is the last that is heard.
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(10)), "the watch is set");
        Time.Advance(TimeSpan.FromSeconds(10));
        await peer.ExpectAsync("ping");
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(10)), "the next ping is due");
        Time.Advance(TimeSpan.FromSeconds(10));
        await peer.ExpectAsync("ping");
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(5)), "the timeout is due");
        Time.Advance(TimeSpan.FromSeconds(5));
        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        await peer.ExpectAsync("subscribe");
        Assert.Contains(States, s => s is { State: ConnectionState.Waiting, Reason: { } reason } && reason.Contains("25 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Any_frame_is_a_sign_of_life()
    {
        var client = NewClient();
        Read(client, "room:1");
        var peer = await Server.AcceptAsync(interval: 10, timeout: 25);
        await peer.AcceptSubscriptionAsync(0);
        var heard = 0;
        client.Typing += (_, _) => Interlocked.Increment(ref heard);
        for (var round = 1; round <= 5; round++)
        {
            await Eventually.True(() => Time.Waiting.Length > 0, "the watch is set");
            Time.Advance(TimeSpan.FromSeconds(9));
            await peer.SendAsync("""{"type":"typing","channel":"room:1","user":"bob"}""");
            await Eventually.True(() => Volatile.Read(ref heard) == round, "typing is heard");
        }
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }

    [Fact]
    public async Task Move_is_obeyed()
    {
        var client = NewClient();
        Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(3);
        await peer.SendAsync("""{"type":"move","after":2.5,"reason":"draining"}""");
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.InRange(client.Status.RetryAfter!.Value.TotalSeconds, 2.5, 3.5);
        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        Assert.Equal(Peer.Cursor(3), (await peer.ExpectAsync("subscribe")).GetProperty("since").GetString());
    }

    [Fact]
    public async Task Retry_after_of_a_refused_handshake_is_obeyed()
    {
        Server.Refuse = static context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "20";
            return true;
        };
        var client = NewClient();
        Read(client, "room:1");
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.InRange(client.Status.RetryAfter!.Value.TotalSeconds, 20, 21);
    }

    [Fact]
    public async Task Fixed_token_that_is_refused_ends_the_client_with_its_calls_and_enumerations()
    {
        Server.Refuse = static context => (context.Response.StatusCode = 401) > 0;
        var client = NewClient(o => o.Token = "bad");
        var (_, reading) = Read(client, "room:1");
        var error = await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel));
        Assert.Equal("unauthorized", error.Code);
        await Eventually.True(() => client.Status.State == ConnectionState.Closed, "closed");
        var again = await Assert.ThrowsAsync<ArautoException>(() => client.PublishAsync("room:1", "chat", 1, cancellationToken: Cancel));
        Assert.Equal("unauthorized", again.Code);
    }

    [Fact]
    public async Task Provider_with_another_token_comes_back_and_one_with_the_same_does_not()
    {
        var tokens = new Queue<string>(["first", "second", "second"]);
        var client = NewClient(o => o.TokenProvider = _ => ValueTask.FromResult<string?>(tokens.Dequeue()));
        var (_, reading) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        Assert.Equal("Bearer first", peer.Authorization);
        await peer.ExpectAsync("subscribe");
        await peer.CloseAsync(4003, "token_revoked");
        await ReconnectAsync(client);
        peer = await Server.AcceptAsync();
        Assert.Equal("Bearer second", peer.Authorization);
        await peer.ExpectAsync("subscribe");
        await peer.CloseAsync(4003, "token_revoked");
        await ReconnectAsync(client);
        var error = await Assert.ThrowsAsync<ArautoException>(() => reading.WaitAsync(Eventually.Deadline, Cancel));
        Assert.Equal("unauthorized", error.Code);
        Assert.Empty(tokens);
    }

    [Fact]
    public async Task Token_is_renewed_on_the_live_connection_before_it_expires()
    {
        var first = Tokens.With(Time.GetUtcNow().AddSeconds(600), "first");
        var second = Tokens.With(Time.GetUtcNow().AddSeconds(1200), "second");
        var tokens = new Queue<string>([first, second]);
        var client = NewClient(o => o.TokenProvider = _ => ValueTask.FromResult<string?>(tokens.Dequeue()));
        Read(client, "room:1");
        var peer = await Server.AcceptAsync(interval: 3600, timeout: 7200);
        await peer.AcceptSubscriptionAsync(0);
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(540)), "renewal a minute before the end");
        Time.Advance(TimeSpan.FromSeconds(540));
        var command = await peer.ExpectAsync("auth");
        Assert.Equal(second, command.GetProperty("token").GetString());
        await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},"user":"alice","expires":"2026-11-20T10:20:00.000Z"}""");
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(600)), "the next renewal is due");
        Assert.Equal(ConnectionState.Connected, client.Status.State);
    }

    [Fact]
    public async Task Server_that_never_greets_is_given_up_after_the_connect_timeout()
    {
        var client = NewClient(o => o.ConnectTimeout = TimeSpan.FromSeconds(7));
        Read(client, "room:1");
        await Server.NextAsync();
        await Eventually.True(() => Time.Waiting.Any(w => w == TimeSpan.FromSeconds(7)), "the timeout is set");
        Time.Advance(TimeSpan.FromSeconds(7));
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.Contains("7 s", client.Status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"connected\"}")]
    [InlineData("{\"type\":\"reply\",\"id\":-1}")]
    [InlineData("{\"type\":\"reply\",\"id\":99999}")]
    [InlineData("{\"type\":\"chat\",\"channel\":\"room:1\"}")]
    public async Task Senseless_frames_are_passed_over(string frame)
    {
        var client = NewClient();
        var (messages, _) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendAsync(frame);
        await peer.SendMessageAsync("room:1", 1);
        await Eventually.True(() => messages.Count == 1, "the message after it");
    }

    [Fact]
    public async Task Frame_above_the_limit_ends_the_connection()
    {
        var client = NewClient(o => o.MaxFrameBytes = 1024);
        Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendAsync($$"""{"type":"heartbeat","status":"{{new string('x', 5000)}}"}""");
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
        Assert.Contains("MaxFrameBytes", client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_that_throws_harms_nobody()
    {
        var client = NewClient();
        client.Typing += (_, _) => throw new InvalidOperationException("mine");
        var (messages, _) = Read(client, "room:1");
        var peer = await Server.AcceptAsync();
        await peer.AcceptSubscriptionAsync(0);
        await peer.SendAsync("""{"type":"typing","channel":"room:1","user":"bob"}""");
        await peer.SendMessageAsync("room:1", 1);
        await Eventually.True(() => messages.Count == 1, "the message after it");
    }

    [Fact]
    public async Task Compression_is_offered_when_asked_for()
    {
        var client = NewClient(o => o.Compression = true);
        string? offered = null;
        Server.Refuse = context =>
        {
            offered = context.Request.Headers.SecWebSocketExtensions;
            return false;
        };
        Read(client, "room:1");
        await Server.AcceptAsync();
        Assert.Contains("permessage-deflate", offered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_get_their_answers()
    {
        var client = NewClient();
        var history = client.HistoryAsync("room:1", before: HistoryBound.At(9), limit: 2, cancellationToken: Cancel);
        var peer = await Server.AcceptAsync();
        var command = await peer.ExpectAsync("history");
        Assert.Equal(2, command.GetProperty("limit").GetInt32());
        await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"room:1","messages":[{{Peer.MessageJson("room:1", 7)}},{{Peer.MessageJson("room:1", 8)}}],"cursor":"cur8","epoch":"{{Peer.Epoch}}","offset":8,"more":true}""");
        var page = await Eventually.Within(history);
        Assert.Equal([7L, 8], page.Messages.Select(m => m.Position.Offset));
        Assert.True(page.More);

        var presence = client.PresenceAsync("room:1", Cancel);
        command = await peer.ExpectAsync("presence");
        await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"room:1","users":[{"user":"alice","connections":2}]}""");
        Assert.Equal(new PresentUser("alice", 2), Assert.Single(await Eventually.Within(presence)));

        var receipts = client.ReceiptsAsync("room:1", Cancel);
        command = await peer.ExpectAsync("receipt");
        await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}},"channel":"room:1","receipts":[{"user":"bob","delivered":8,"read":7}]}""");
        Assert.Equal(new Receipt("bob", 8, 7), Assert.Single(await Eventually.Within(receipts)));

        var sending = client.SendReceiptAsync("room:1", read: 8, cancellationToken: Cancel);
        command = await peer.ExpectAsync("receipt");
        Assert.Equal(8, command.GetProperty("read").GetInt64());
        await peer.SendAsync($$"""{"type":"reply","id":{{command.GetProperty("id")}}}""");
        await sending.WaitAsync(Eventually.Deadline, Cancel);
    }

    [Fact]
    public async Task Typing_is_sent_when_connected_and_dropped_otherwise()
    {
        var client = NewClient();
        client.SendTyping("room:1");
        var peer = await Server.AcceptAsync();
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        client.SendTyping("room:2");
        Assert.Equal("room:2", (await peer.ExpectAsync("typing")).GetProperty("channel").GetString());
    }

    [Theory]
    [InlineData("ftp://h")]
    [InlineData("http://user@h")]
    [InlineData("http://h/?token=x")]
    public void Wrong_address_is_named(string url) =>
        Assert.Equal("Url", Assert.Throws<ArgumentException>(() => new ArautoClient(new ArautoClientOptions { Url = new Uri(url) })).ParamName);
}
