namespace Arauto.SocketIo.Tests;

/// <summary>The package SocketIOClient of .NET against the server.</summary>
public sealed class DotnetClientTests(SocketIoHostProcess host) : IClassFixture<SocketIoHostProcess>, IDisposable
{
    private static readonly byte[] Bytes = [0, 1, 2, 0xff];

    private readonly List<DotnetClient> _clients = [];

    public static TheoryData<Way> Ways => [.. Enum.GetValues<Way>()];

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Connects_and_tells_what_it_sends_as_auth(Way way)
    {
        var client = await ConnectAsync(way, auth: new { token = "abc", list = 1 });
        Assert.Equal("""[{"token":"abc","list":1}]""", DotnetClient.Text(await client.HearAsync("auth")));
        Assert.Equal(client.Client.Id, (await client.AskAsync("getId")).GetValue<string>());
        Assert.Equal(way == Way.Polling ? "polling" : "websocket", (await client.AskAsync("transport")).GetValue<string>());
        host.AssertNoComplaint();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Shows_query_and_headers_to_the_handlers(Way way)
    {
        var client = DotnetClient.Create(host.Sioc, way, options =>
        {
            options.Query = [new("b", "2")];
            options.ExtraHeaders = new Dictionary<string, string> { ["X-Extra"] = "yes" };
        });
        _clients.Add(client);
        await client.Client.ConnectAsync();
        await client.ConnectedAsync();
        var handshake = (await client.AskAsync("getHandshake")).GetValue(0);
        Assert.Equal("2", handshake.GetProperty("query").GetProperty("b").GetString());
        Assert.Equal("yes", handshake.GetProperty("headers").GetProperty("x-extra").GetString());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Acknowledgements_go_both_ways(Way way)
    {
        var client = await ConnectAsync(way);
        Assert.Equal(0, (await client.AskAsync("message-with-ack")).Count);
        Assert.Equal("""[1,"2",{"3":[true]},null]""", DotnetClient.Text(await client.AskAsync("message-with-ack", 1, "2", new Dictionary<string, bool[]> { ["3"] = [true] }, null)));
        var answer = client.AskAsync("ask-me", 1, new { two = 2 });
        var question = await client.HearAsync("question");
        Assert.Equal("""[1,{"two":2}]""", DotnetClient.Text(question));
        await question.CallbackAsync("answer", question.Count);
        Assert.Equal("""["answer",2]""", DotnetClient.Text(await answer));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Binary_goes_both_ways_at_any_depth(Way way)
    {
        var client = await ConnectAsync(way);
        // Over WebSocket this client never sends an empty attachment.
        await client.Client.EmitAsync("message", Bytes, new Nested("x", [new byte[100_000], [7]]), 5);
        var back = await client.HearAsync("message-back");
        Assert.Equal(Bytes, back.GetValue<byte[]>(0));
        var nested = back.GetValue<Nested>(1);
        Assert.Equal(("x", 100_000, 1), (nested.Name, nested.Parts[0].Length, nested.Parts[1].Length));
        Assert.Equal(5, back.GetValue<int>(2));

        Assert.Equal(Bytes, (await client.AskAsync("message-with-ack", Bytes)).GetValue<byte[]>(0));
        var answer = client.AskAsync("ask-me", Bytes);
        var question = await client.HearAsync("question");
        Assert.Equal(Bytes, question.GetValue<byte[]>(0));
        await question.CallbackAsync(Bytes);
        Assert.Equal(Bytes, (await answer).GetValue<byte[]>(0));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Messages_keep_their_order(Way way)
    {
        var client = await ConnectAsync(way);
        for (var i = 0; i < 100; i++) await client.Client.EmitAsync("message", i);
        for (var i = 0; i < 100; i++) Assert.Equal(i, (await client.HearAsync("message-back")).GetValue<int>());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Namespaces_are_entered_or_refused(Way way)
    {
        var custom = await ConnectAsync(way, "custom");
        Assert.Equal("[{}]", DotnetClient.Text(await custom.HearAsync("auth")));
        await custom.Client.EmitAsync("message", "here");
        Assert.Equal("here", (await custom.HearAsync("message-back")).GetValue<string>());

        var refused = DotnetClient.Create($"{host.Smoke}/no", way, options => options.Reconnection = false);
        _clients.Add(refused);
        // Its call waits for a namespace that does not come.
        _ = refused.Client.ConnectAsync();
        Assert.Equal("Auth failed (custom namespace)", await refused.RefusedAsync());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Rooms_and_broadcasts_reach_whom_they_should(Way way)
    {
        var (alice, bob, carol) = (await ConnectAsync(way), await ConnectAsync(way), await ConnectAsync(way));
        var room = $"room-{way}";
        Assert.Equal("ok", (await alice.AskAsync("join", room)).GetValue<string>());
        Assert.Equal("ok", (await bob.AskAsync("join", room)).GetValue<string>());
        await alice.Client.EmitAsync("to-room", room, 1, Bytes);
        foreach (var member in (DotnetClient[])[alice, bob])
        {
            var message = await member.HearAsync("room-msg");
            Assert.Equal((room, 1), (message.GetValue<string>(0), message.GetValue<int>(1)));
            Assert.Equal(Bytes, message.GetValue<byte[]>(2));
        }
        await alice.Client.EmitAsync("to-room-others", room, 2);
        Assert.Equal(2, (await bob.HearAsync("room-msg")).GetValue<int>(1));
        await carol.Client.EmitAsync("bcast-others", 3);
        Assert.Equal(3, (await alice.HearAsync("bcast")).GetValue<int>());
        Assert.Equal(3, (await bob.HearAsync("bcast")).GetValue<int>());
        foreach (var client in (DotnetClient[])[alice, bob, carol]) await client.HearsNothingElseAsync("room-msg", "bcast");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Comes_back_after_the_server_closed_its_connection(Way way)
    {
        var client = await ConnectAsync(way);
        var id = client.Client.Id;
        await client.Client.EmitAsync("kick-hard");
        await client.DisconnectedAsync();
        await client.ConnectedAsync();
        Assert.NotEqual(id, client.Client.Id);
        Assert.Equal(client.Client.Id, (await client.AskAsync("getId")).GetValue<string>());
    }

    private async Task<DotnetClient> ConnectAsync(Way way, string ns = "", object? auth = null)
    {
        var client = await DotnetClient.ConnectAsync($"{host.Smoke}/{ns}", way, options => options.Auth = auth);
        _clients.Add(client);
        return client;
    }

    private sealed record Nested(string Name, byte[][] Parts);
}
