using System.Text.Json;

namespace Arauto.Tests.SocketIo.Conformance;

/// <summary>
/// What a server of Socket.IO protocol 5 does, packet by packet, over any transport
/// (https://github.com/socketio/socket.io/blob/main/docs/socket.io-protocol/v5-current.md, and what the reference server does
/// where that is silent). The other parts: Packets, Events, Binary, Recovery.
/// </summary>
public abstract partial class SocketIoConformance(ConformanceNode node) : IClassFixture<ConformanceNode>, IAsyncDisposable
{
    private readonly List<RawLink> _links = [];

    protected ConformanceNode Node { get; } = node;

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links) await link.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<RawLink> OpenAsync(Uri http, string path);

    [Fact]
    public async Task The_main_namespace_is_joined_and_events_of_the_handler_follow()
    {
        var link = await OpenAsync();
        await link.SendAsync("40");
        var answer = await TextAsync(link);
        Assert.StartsWith("40{", answer);
        var members = JsonElement.Parse(answer[2..]).EnumerateObject().ToArray();
        Assert.Equal("sid", Assert.Single(members).Name);
        Assert.NotEqual(link.SessionId, members[0].Value.GetString());
        Assert.Equal("42[\"auth\",{}]", await TextAsync(link));
    }

    [Fact]
    public async Task What_a_client_sends_to_join_reaches_the_handler_as_it_is()
    {
        var link = await OpenAsync();
        await link.SendAsync("""40{"z":1,"a":["x",{"3":true}],"n":1.50}""");
        await TextAsync(link);
        Assert.Equal("""42["auth",{"z":1,"a":["x",{"3":true}],"n":1.50}]""", await TextAsync(link));
    }

    [Theory]
    [InlineData("40/custom,", "40/custom,")]
    [InlineData("40/custom", "40/custom,")]
    [InlineData("40/custom,{}", "40/custom,")]
    [InlineData("40/,", "40")]
    [InlineData("40/,{}", "40")]
    public async Task A_namespace_is_named_in_any_of_its_forms(string connect, string prefix)
    {
        var link = await OpenAsync();
        await link.SendAsync(connect);
        Assert.StartsWith($"{prefix}{{\"sid\":\"", await TextAsync(link));
        Assert.Equal($"42{prefix[2..]}[\"auth\",{{}}]", await TextAsync(link));
    }

    [Theory]
    [InlineData("40/random", "44/random,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/random,{\"a\":1}", "44/random,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/custom?x=1,", "44/custom?x=1,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/no,", "44/no,{\"message\":\"No entry\",\"data\":{\"code\":42}}")]
    [InlineData("40/closed,", "44/closed,{\"message\":\"No entry\"}")]
    public async Task A_refused_namespace_leaves_the_connection_open(string connect, string refusal)
    {
        var link = await OpenAsync();
        await link.SendAsync(connect);
        Assert.Equal(refusal, await TextAsync(link));
        await JoinAsync(link);
        await AssertAliveAsync(link);
        await link.SendAsync(connect);
        Assert.Equal(refusal, await TextAsync(link));
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task After_a_namespace_is_left_the_connection_stays_and_it_can_be_joined_again()
    {
        var link = await OpenAsync();
        var first = await JoinAsync(link);
        await link.SendAsync("41");
        var second = await JoinAsync(link);
        Assert.NotEqual(first, second);
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task A_namespace_that_the_server_leaves_can_be_joined_again_and_the_others_stay()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await JoinAsync(link, "/custom,");
        await link.SendAsync("42/custom,[\"leave\"]");
        Assert.Equal("41/custom,", await TextAsync(link));
        await AssertAliveAsync(link);
        await JoinAsync(link, "/custom,");
    }

    [Fact]
    public async Task Namespaces_of_one_connection_have_sockets_of_their_own()
    {
        var link = await OpenAsync();
        var (main, custom) = (await JoinAsync(link), await JoinAsync(link, "/custom,"));
        Assert.NotEqual(main, custom);
        await link.SendAsync("42/custom,[\"message\",1]");
        Assert.Equal("42/custom,[\"message-back\",1]", await TextAsync(link));
        await link.SendAsync("41/custom,");
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task The_server_closes_the_connection_when_told_to()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("42[\"close\"]");
        Assert.Null(await link.NextAsync());
    }

    [Theory]
    [InlineData("42[\"message\"]")]
    [InlineData("421[\"message\"]")]
    [InlineData("42")]
    [InlineData("431[]")]
    [InlineData("41")]
    [InlineData("42/custom,[\"message\"]")]
    public async Task A_packet_for_a_namespace_that_is_not_joined_closes_the_connection(string packet)
    {
        var fresh = await OpenAsync();
        await fresh.SendAsync(packet);
        Assert.Null(await fresh.NextAsync());

        var elsewhere = await OpenAsync();
        await JoinAsync(elsewhere, packet.Contains("/custom", StringComparison.Ordinal) ? "" : "/custom,");
        await elsewhere.SendAsync(packet);
        Assert.Null(await elsewhere.NextAsync());
    }

    [Theory]
    [InlineData("40")]
    [InlineData("40{}")]
    [InlineData("44{\"message\":\"no\"}")]
    [InlineData("44\"no\"")]
    public async Task A_second_CONNECT_and_a_CONNECT_ERROR_close_the_connection(string packet)
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync(packet);
        Assert.Null(await link.NextAsync());
    }

    [Fact]
    public async Task Who_joins_nothing_in_time_is_disconnected_and_refusals_do_not_help()
    {
        var (idle, refused, joined) = (await OpenAsync(ConformanceNode.Impatient), await OpenAsync(ConformanceNode.Impatient), await OpenAsync(ConformanceNode.Impatient));
        await JoinAsync(joined);
        await joined.SendAsync("41");
        await refused.SendAsync("40/random");
        Assert.Equal("44/random,{\"message\":\"Invalid namespace\"}", await TextAsync(refused));
        Assert.Null(await idle.NextAsync());
        Assert.Null(await refused.NextAsync());

        // This one's time was over as well, and it has left the namespace meanwhile; one success is enough for good.
        await JoinAsync(joined);
        await AssertAliveAsync(joined);
    }

    protected async Task<RawLink> OpenAsync(string path = ConformanceNode.Plain)
    {
        var link = await OpenAsync(Node.Http, path);
        _links.Add(link);
        return link;
    }

    protected static async Task<string> TextAsync(RawLink link) => Assert.IsType<string>(await link.NextAsync());

    protected static async Task<byte[]> BinaryAsync(RawLink link) => Assert.IsType<byte[]>(await link.NextAsync());

    /// <summary>Joins, and takes in what the handler says then. The id of the socket.</summary>
    protected static async Task<string> JoinAsync(RawLink link, string ns = "")
    {
        await link.SendAsync($"40{ns}");
        var answer = await TextAsync(link);
        Assert.StartsWith($"40{ns}{{", answer);
        Assert.StartsWith($"42{ns}[\"auth\",", await TextAsync(link));
        return JsonElement.Parse(answer[(2 + ns.Length)..]).GetProperty("sid").GetString()!;
    }

    /// <summary>The main namespace is joined and answers; nothing else came before.</summary>
    protected static async Task AssertAliveAsync(RawLink link)
    {
        await link.SendAsync("42999[\"message-with-ack\",\"alive\"]");
        Assert.Equal("43999[\"alive\"]", await TextAsync(link));
    }
}
