using Arauto.Client.Tests.Scripting;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests;

/// <summary>Commands on transports without an upstream of their own: calls of the HTTP API.</summary>
public sealed class ArautoClientHttpCommandTests : ClientFixture
{
    protected override TransportKind Transport => TransportKind.LongPolling;

    [Fact]
    public async Task Publishes_go_one_after_the_other_with_their_keys()
    {
        var client = await ConnectAsync(o => o.Token = "T");
        Task<PublishResult>[] publishing = [.. Enumerable.Range(1, 3).Select(n => client.PublishAsync("room:1", "chat", n, key: "K" + n, cancellationToken: Cancel))];
        for (var n = 1; n <= 3; n++)
        {
            var call = await Server.RequestAsync("/v1/publish");
            Assert.Equal(("POST", "Bearer T", n, "K" + n), (call.Method, call.Authorization, call.Body.GetProperty("data").GetInt32(), call.Body.GetProperty("key").GetString()));
            Assert.False(Server.HasRequest("/v1/publish"));
            await call.AnswerAsync("{" + Peer.Outcome(n) + "}");
            var result = await Eventually.Within(publishing[n - 1]);
            Assert.Equal((n, "K" + n), (result.Position.Offset, result.Key));
            Assert.Contains("\"fanout\":\"full\"", System.Text.Encoding.UTF8.GetString(result.Json.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Refusal_that_may_pass_and_silence_are_tried_three_times_and_once_more()
    {
        var client = await ConnectAsync();
        var publishing = client.PublishAsync("room:1", "chat", 1, key: "K", cancellationToken: Cancel);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var call = await Server.RequestAsync("/v1/publish");
            Assert.Equal("K", call.Body.GetProperty("key").GetString());
            if (attempt == 1)
            {
                await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(10)), "the answer has a limit");
                Time.Advance(TimeSpan.FromSeconds(10));
            }
            else
            {
                await call.RefuseAsync(503, "unavailable");
            }
            if (attempt == 3) break;
            var (least, most) = (0.5 * (1 << attempt), 1.5 * (1 << attempt));
            await Eventually.True(() => Time.Waiting.Any(w => w.TotalSeconds >= least && w.TotalSeconds <= most), $"retry {attempt} in {least} to {most} s");
            Time.Advance(TimeSpan.FromSeconds(most));
        }
        await (await Server.RequestAsync("/v1/publish")).AnswerAsync("{" + Peer.Outcome(5) + "}");
        Assert.Equal(5, (await Eventually.Within(publishing)).Position.Offset);
    }

    [Fact]
    public async Task Lost_call_is_made_again_after_the_reconnect()
    {
        var client = await ConnectAsync();
        var publishing = client.PublishAsync("room:1", "chat", 1, key: "K", cancellationToken: Cancel);
        (await Server.RequestAsync("/v1/publish")).Cut();
        await ReconnectAsync(client);
        await (await Server.RequestAsync("/healthz")).AnswerAsync("ok");
        var call = await Server.RequestAsync("/v1/publish");
        Assert.Equal("K", call.Body.GetProperty("key").GetString());
        await call.AnswerAsync("{" + Peer.Outcome(1) + "}");
        await Eventually.Within(publishing);
    }

    [Fact]
    public async Task Final_refusal_is_told_in_the_servers_words_and_a_refused_token_ends_the_client()
    {
        var client = await ConnectAsync();
        var publishing = client.PublishAsync("room:1", "chat", 1, cancellationToken: Cancel);
        await (await Server.RequestAsync("/v1/publish")).RefuseAsync(403, "forbidden");
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<ArautoException>(() => Eventually.Within(publishing))).Code);
        Assert.Equal(ConnectionState.Connected, client.Status.State);
        publishing = client.PublishAsync("room:1", "chat", 1, cancellationToken: Cancel);
        await (await Server.RequestAsync("/v1/publish")).RefuseAsync(401, "token_expired");
        Assert.Equal("token_expired", (await Assert.ThrowsAsync<ArautoException>(() => Eventually.Within(publishing))).Code);
        Assert.Equal(ConnectionState.Closed, client.Status.State);
    }

    [Fact]
    public async Task Queries_get_their_answers()
    {
        var client = await ConnectAsync();
        var history = client.HistoryAsync("room:1", before: HistoryBound.At(9), limit: 2, cancellationToken: Cancel);
        var call = await Server.RequestAsync("/v1/channels/room:1/messages");
        Assert.Equal(("9", "2"), (call.Query["before"], call.Query["limit"]));
        var cursor = Protocol.Cursor.Encode("room:1", new Protocol.Position(new Protocol.Epoch(0xa1), 8));
        await call.AnswerAsync($$"""{"channel":"room:1","messages":[{{Peer.MessageJson("room:1", 7)}},{{Peer.MessageJson("room:1", 8)}}],"cursor":"{{cursor}}","more":true}""");
        var page = await Eventually.Within(history);
        Assert.Equal([7L, 8], page.Messages.Select(m => m.Position.Offset));
        Assert.Equal((8, cursor, true), (page.Position.Offset, page.Cursor, page.More));

        var presence = client.PresenceAsync("room:1", Cancel);
        await (await Server.RequestAsync("/v1/channels/room:1/presence")).AnswerAsync("""{"channel":"room:1","users":[{"user":"alice","connections":2}]}""");
        Assert.Equal(new PresentUser("alice", 2), Assert.Single(await Eventually.Within(presence)));

        var receipts = client.ReceiptsAsync("room:1", Cancel);
        await (await Server.RequestAsync("/v1/channels/room:1/receipts")).AnswerAsync("""{"channel":"room:1","receipts":[{"user":"bob","delivered":8,"read":7}]}""");
        Assert.Equal(new Receipt("bob", 8, 7), Assert.Single(await Eventually.Within(receipts)));

        var sending = client.SendReceiptAsync("room:1", delivered: 9, read: 8, cancellationToken: Cancel);
        call = await Server.RequestAsync("/v1/channels/room:1/receipts");
        Assert.Equal(("POST", 9, 8), (call.Method, call.Body.GetProperty("delivered").GetInt64(), call.Body.GetProperty("read").GetInt64()));
        await call.NoContentAsync();
        await sending.WaitAsync(Eventually.Deadline, Cancel);

        client.SendTyping("room:1");
        call = await Server.RequestAsync("/v1/channels/room:1/typing");
        Assert.Equal("POST", call.Method);
        await call.NoContentAsync();

        var ping = client.PingAsync(Cancel);
        await (await Server.RequestAsync("/healthz")).AnswerAsync("ok");
        await Eventually.Within(ping);
    }

    [Fact]
    public async Task Without_channels_the_server_is_asked_from_time_to_time_whether_it_is_there()
    {
        var client = await ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(30)), "the watch is set");
            Time.Advance(TimeSpan.FromSeconds(30));
            await (await Server.RequestAsync("/healthz")).AnswerAsync("ok");
        }
        Assert.Equal(ConnectionState.Connected, client.Status.State);
        await Eventually.True(() => Time.Waiting.Contains(TimeSpan.FromSeconds(30)), "the watch is set");
        Time.Advance(TimeSpan.FromSeconds(30));
        (await Server.RequestAsync("/healthz")).Cut();
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "waiting");
    }

    /// <summary>A client that follows nothing.</summary>
    private async Task<ArautoClient> ConnectAsync(Action<ArautoClientOptions>? configure = null)
    {
        Server.TakeRequests();
        var client = NewClient(configure);
        client.SendTyping("room:0"); // Starts the client, and is dropped.
        await (await Server.RequestAsync("/healthz")).AnswerAsync("ok");
        await Eventually.True(() => client.Status.State == ConnectionState.Connected, "connected");
        return client;
    }
}
