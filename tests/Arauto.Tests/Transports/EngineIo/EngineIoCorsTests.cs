namespace Arauto.Tests.Transports.EngineIo;

/// <summary>What browsers are told about pages of other origins.</summary>
public sealed class EngineIoCorsTests
{
    private const string Polling = "?EIO=4&transport=polling";
    private const string Page = "https://app.example";

    [Fact]
    public async Task Where_any_origin_is_allowed_every_answer_says_so()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.Origins.Add("*"));
        Assert.Equal("*", (await server.SendAsync(HttpMethod.Get, Polling)).Header("Access-Control-Allow-Origin"));
        var refused = await server.SendAsync(HttpMethod.Get, Polling + "&sid=abc", configure: request => request.Headers.Add("Origin", Page));
        refused.IsUnknownSession();
        Assert.Equal("*", refused.Header("Access-Control-Allow-Origin"));
        Assert.Null(refused.Header("Access-Control-Allow-Credentials"));
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Options, Polling)).Status);
    }

    [Fact]
    public async Task Listed_origins_are_allowed_with_credentials_and_no_others()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.Origins.Add(Page));

        var listed = await server.SendAsync(HttpMethod.Get, Polling, configure: request => request.Headers.Add("Origin", Page));
        Assert.Equal(200, listed.Status);
        Assert.Equal(Page, listed.Header("Access-Control-Allow-Origin"));
        Assert.Equal("true", listed.Header("Access-Control-Allow-Credentials"));
        Assert.Equal("Origin", listed.Header("Vary"));

        var other = await server.SendAsync(HttpMethod.Get, Polling, configure: request => request.Headers.Add("Origin", "https://evil.example"));
        other.IsRefusal(4, "Forbidden", 403);
        Assert.Null(other.Header("Access-Control-Allow-Origin"));
        // A program, not a page.
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, Polling)).Status);
    }

    [Fact]
    public async Task Without_a_list_the_node_s_holds()
    {
        await using var server = await EngineIoServer.StartAsync(node: options => options.Origins.Add(Page));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, Polling, configure: request => request.Headers.Add("Origin", Page))).Status);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, Polling, configure: request => request.Headers.Add("Origin", "https://evil.example"))).Status);
    }

    [Fact]
    public async Task A_preflight_is_answered_with_what_was_asked_for()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.Origins.Add(Page));

        var allowed = await server.SendAsync(HttpMethod.Options, Polling + "&sid=abc", configure: request =>
        {
            request.Headers.Add("Origin", Page);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "content-type, x-custom");
        });
        Assert.Equal(204, allowed.Status);
        Assert.Equal(Page, allowed.Header("Access-Control-Allow-Origin"));
        Assert.Equal("content-type, x-custom", allowed.Header("Access-Control-Allow-Headers"));
        Assert.Equal("GET,POST", allowed.Header("Access-Control-Allow-Methods"));
        Assert.Equal("Origin, Access-Control-Request-Headers", allowed.Header("Vary"));

        var refused = await server.SendAsync(HttpMethod.Options, Polling, configure: request => request.Headers.Add("Origin", "https://evil.example"));
        Assert.Equal(204, refused.Status);
        Assert.Null(refused.Header("Access-Control-Allow-Origin"));
        Assert.Null(refused.Header("Access-Control-Allow-Methods"));
    }
}
