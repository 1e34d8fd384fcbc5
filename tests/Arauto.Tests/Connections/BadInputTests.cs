using Arauto.Hubs;
using Arauto.Protocol;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Connections;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":1}")]
    [InlineData("{\"type\":\"fly\",\"id\":1}")]
    [InlineData("{\"type\":\"subscribe\",\"id\":1}")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":7}")]
    [InlineData("{\"type\":\"subscribe\",\"channel\":\"public:a\"} trailing")]
    [InlineData("{\"type\":\"history\",\"channel\":\"public:a\"}")]
    [InlineData("{\"type\":\"publish\",\"channel\":\"public:a\",\"event\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"receipt\",\"id\":1,\"channel\":\"public:a\",\"read\":1.5}")]
    [InlineData("{\"type\":\"ping\",\"id\":-1}")]
    [InlineData("{\"type\":\"ping\",\"id\":\"1\"}")]
    public async Task A_frame_that_makes_no_sense_gets_an_error_and_the_connection_goes_on(string text)
    {
        await using var node = await TestNode.StartAsync();
        await using var bad = await node.ConnectAsync("mallory");
        await using var good = await node.ConnectAsync("alice");
        await good.SubscribeAsync("public:a");

        await bad.SendTextAsync(text);

        (await bad.ReceiveAsync()).IsError("invalid_message");
        (await bad.PublishAsync("public:a", 1)).IsReply();
        Assert.Equal(1, (await good.ReceiveAsync("chat")).Offset());
    }

    [Fact]
    public async Task Deep_JSON_gets_an_error()
    {
        await using var node = await TestNode.StartAsync();
        await using var bad = await node.ConnectAsync("mallory");
        foreach (var depth in new[] { 64, 1000, 30_000 })
        {
            await bad.SendTextAsync($$"""{"type":"publish","id":1001,"channel":"public:a","event":"x","data":{{new string('[', depth)}}{{new string(']', depth)}}}""");
            (await bad.ReceiveAsync()).IsError("invalid_message");
        }
        await bad.SendTextAsync($$"""{"type":"publish","id":1001,"channel":"public:a","event":"x","data":{{new string('[', 63)}}{{new string(']', 63)}}}""");
        (await bad.ReceiveAsync()).IsReply();
    }

    [Fact]
    public async Task Ten_invalid_frames_in_a_row_close_the_connection_and_nine_do_not()
    {
        await using var node = await TestNode.StartAsync();
        await using var bad = await node.ConnectAsync("mallory");
        await using var good = await node.ConnectAsync("alice");
        for (var i = 0; i < 9; i++) await bad.SendTextAsync("rubbish");
        (await bad.PublishAsync("public:a", 1)).IsReply();
        for (var i = 0; i < 10; i++) await bad.SendTextAsync("rubbish");

        var end = await bad.ReadToEndAsync();

        Assert.Equal((4008, 19), (end.Code, end.Frames.Count(frame => frame.Type() == "error")));
        (await good.PublishAsync("public:a", 1)).IsReply();
    }

    [Fact]
    public async Task Frames_of_the_wrong_kind_close_with_what_is_wrong()
    {
        await using var node = await TestNode.StartAsync();
        await using var good = await node.ConnectAsync("alice");
        var authorization = $"Authorization: Bearer {node.Token("mallory")}\r\n";
        using (var binary = await RawWebSocket.OpenAsync(node.Http.Port, authorization))
        {
            await binary.SendAsync(ClientFrame.Create(0x82, "{}"u8));
            Assert.Equal(1003, await binary.ReadCloseCodeAsync());
        }
        using (var text = await RawWebSocket.OpenAsync(node.Http.Port, authorization + "Sec-WebSocket-Protocol: arauto.v1.protobuf\r\n"))
        {
            await text.SendAsync(ClientFrame.Text("{}"));
            Assert.Equal(1003, await text.ReadCloseCodeAsync());
        }
        using (var bytes = await RawWebSocket.OpenAsync(node.Http.Port, authorization))
        {
            await bytes.SendAsync(ClientFrame.Create(0x81, [.. "{\"type\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
            Assert.Equal(1007, await bytes.ReadCloseCodeAsync());
        }
        using (var large = await RawWebSocket.OpenAsync(node.Http.Port, authorization))
        {
            await large.SendAsync(ClientFrame.Header(0x81, 1L << 40));
            Assert.Equal(1009, await large.ReadCloseCodeAsync());
        }
        (await good.PublishAsync("public:a", 1)).IsReply();
        await Eventually.TrueAsync("only the good one is left", () => node.Get<Hub>().ConnectionCount == 1);
    }

    [Fact]
    public async Task A_client_with_more_commands_than_may_wait_is_not_read_and_can_still_be_closed()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(null, store);
        await using var client = await node.ConnectAsync("alice");
        await client.ReceiveAsync("connected");
        store.Controlled.HoldReads();
        for (var i = 0; i < 200; i++) await client.SendTextAsync($$"""{"type":"history","id":{{1000 + i}},"channel":"public:a"}""");
        await Eventually.TrueAsync("as many as allowed wait", () => store.Controlled.Held == 128);

        node.Get<Hub>().ConnectionsOf("alice").Single().CloseFromOutside(CloseCode.Terminated, null);

        Assert.Equal(4009, (await client.ReadToEndAsync()).Code);
        await Eventually.TrueAsync("the connection is gone", () => node.Get<Hub>().ConnectionCount == 0);
        Assert.Equal(128, store.Controlled.Held);
        store.Controlled.Release();
    }

    [Fact]
    public async Task A_client_with_more_commands_than_may_wait_gets_every_answer_in_the_end()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(options => options.Limits.CommandsPerSecond = 0, store);
        await using var client = await node.ConnectAsync("alice");
        store.Controlled.HoldReads();
        for (var i = 0; i < 1000; i++) await client.SendTextAsync($$"""{"type":"history","id":{{1000 + i}},"channel":"public:a"}""");
        await Eventually.TrueAsync("as many as allowed wait", () => store.Controlled.Held == 128);

        store.Controlled.Release();

        var ids = new HashSet<int>();
        while (ids.Count < 1000) Assert.True(ids.Add((int)(await client.ReceiveAsync()).IsReply()["id"]!));
        Assert.Equal("pong", (await client.AskAsync(new { type = "ping" })).Type());
    }
}
