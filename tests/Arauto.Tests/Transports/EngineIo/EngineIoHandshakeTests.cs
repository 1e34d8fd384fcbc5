using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Arauto.EngineIo;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>How a session begins, and how a request is refused.</summary>
public sealed partial class EngineIoHandshakeTests
{
    private const string Polling = "?EIO=4&transport=polling";

    [Fact]
    public async Task A_session_over_polling_begins_with_exactly_the_open_packet()
    {
        await using var server = await EngineIoServer.StartAsync(
            options =>
            {
                options.PingInterval = TimeSpan.FromMilliseconds(300);
                options.PingTimeout = TimeSpan.FromMilliseconds(200);
            },
            time: new ManualTimeProvider());
        server.Handler.Opened = session => session.Send("hi");

        var answer = await server.SendAsync(HttpMethod.Get, Polling);

        var sid = (string)JsonNode.Parse(answer.Body[1..])!["sid"]!;
        answer.IsPayload($$"""0{"sid":"{{sid}}","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}""");
        Assert.Equal("text/plain; charset=UTF-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(answer.Body.Length, answer.Content.ContentLength);
        (await server.GetAsync(sid)).IsPayload("4hi");
    }

    [Fact]
    public async Task A_session_over_WebSocket_begins_with_the_open_packet_and_no_upgrades()
    {
        await using var server = await EngineIoServer.StartAsync();
        server.Handler.Opened = session => session.Send("hi");
        using var socket = await RawWebSocket.OpenAsync(server.Port, path: EngineIoServer.Path + "?EIO=4&transport=websocket");

        var open = await socket.ReadTextAsync();

        var sid = (string)JsonNode.Parse(open![1..])!["sid"]!;
        Assert.Equal($$"""0{"sid":"{{sid}}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}""", open);
        Assert.Equal("4hi", await socket.ReadTextAsync());
        Assert.Equal(sid, server.Handler.Session!.Id);
        Assert.Equal("websocket", server.Handler.Session.Transport);
    }

    [Fact]
    public async Task Ids_are_twenty_characters_for_a_query_and_never_the_same()
    {
        await using var server = await EngineIoServer.StartAsync();
        var ids = new HashSet<string>();
        for (var i = 0; i < 50; i++) Assert.True(ids.Add(await server.OpenAsync()));
        Assert.All(ids, id => Assert.Matches(Id(), id));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "?EIO=4")]
    [InlineData("GET", "?EIO=4&transport=")]
    [InlineData("GET", "?EIO=4&transport=abc")]
    [InlineData("GET", "?EIO=4&transport=Polling")]
    [InlineData("GET", "?EIO=4&transport=constructor")]
    [InlineData("GET", "?EIO=4&transport=__proto__")]
    [InlineData("GET", "?EIO=4&transport=webtransport")]
    [InlineData("GET", "?EIO=4&transport=polling&transport=polling")]
    [InlineData("POST", "?sid=abc")]
    [InlineData("PUT", "?EIO=3")]
    public async Task A_transport_that_is_missing_or_unknown_is_the_first_to_be_refused(string method, string query)
    {
        await using var server = await EngineIoServer.StartAsync();
        (await server.SendAsync(new HttpMethod(method), query)).IsRefusal(0, "Transport unknown");
    }

    [Theory]
    [InlineData("GET", "polling")]
    [InlineData("POST", "polling")]
    [InlineData("PUT", "polling")]
    [InlineData("GET", "websocket")]
    public async Task A_session_that_is_unknown_is_refused(string method, string transport)
    {
        await using var server = await EngineIoServer.StartAsync();
        (await server.SendAsync(new HttpMethod(method), $"?EIO=4&transport={transport}&sid=abc")).IsUnknownSession();
        (await server.SendAsync(new HttpMethod(method), $"?EIO=4&transport={transport}&sid=abc&sid=def")).IsUnknownSession();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task A_session_begins_with_GET(string method)
    {
        await using var server = await EngineIoServer.StartAsync();
        // Before the version is looked at.
        (await server.SendAsync(new HttpMethod(method), "?EIO=3&transport=polling")).IsRefusal(2, "Bad handshake method");
        (await server.SendAsync(new HttpMethod(method), Polling)).IsRefusal(2, "Bad handshake method");
        var head = await server.SendAsync(HttpMethod.Head, Polling);
        Assert.Equal(400, head.Status);
    }

    [Fact]
    public async Task WebSocket_without_an_upgrade_is_a_bad_request()
    {
        await using var server = await EngineIoServer.StartAsync();
        (await server.SendAsync(HttpMethod.Get, "?EIO=4&transport=websocket")).IsBadRequest();
    }

    [Theory]
    [InlineData("")]
    [InlineData("&EIO=")]
    [InlineData("&EIO=3")]
    [InlineData("&EIO=5")]
    [InlineData("&EIO=4.0")]
    [InlineData("&EIO=4&EIO=4")]
    [InlineData("&EIO=abc")]
    public async Task Another_version_is_refused(string version)
    {
        await using var server = await EngineIoServer.StartAsync();
        (await server.SendAsync(HttpMethod.Get, "?transport=polling" + version)).IsRefusal(5, "Unsupported protocol version");
        Assert.Empty(server.Handler.Calls);
    }

    [Fact]
    public async Task An_empty_sid_is_none_and_unknown_keys_mean_nothing()
    {
        await using var server = await EngineIoServer.StartAsync();
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, Polling + "&sid=&t=abc&b64=1&j=0")).Status);
    }

    [Fact]
    public async Task A_session_over_polling_takes_GET_and_POST_only()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        (await server.SendAsync(HttpMethod.Put, $"{Polling}&sid={sid}", "4a")).IsBadRequest();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Head, $"{Polling}&sid={sid}")).Status);
        Assert.Equal("ok", (await server.PostAsync(sid, "4a")).Body);
    }

    [Fact]
    public async Task The_application_refuses_handshakes_before_the_version_is_looked_at()
    {
        var asked = 0;
        await using var server = await EngineIoServer.StartAsync(options => options.AllowRequest = async context =>
        {
            await Task.Yield();
            asked++;
            return context.Request.Query["deny"].ToString() switch { "" => null, "1" => new EngineIoRefusal(), var text => new EngineIoRefusal(text) };
        });

        (await server.SendAsync(HttpMethod.Get, "?transport=polling&deny=1")).IsRefusal(4, "Forbidden", 403);
        (await server.SendAsync(HttpMethod.Get, Polling + "&deny=%22not%20you%22")).IsRefusal(4, "\\\"not you\\\"", 403);
        await AssertSocketRefusedAsync(server, "?EIO=4&transport=websocket&deny=1", "Forbidden");
        var sid = await server.OpenAsync();
        asked = 0;
        Assert.Equal("ok", (await server.PostAsync(sid, "4a")).Body);
        (await server.GetAsync(sid)).IsPayload("4a");
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("?EIO=4", "Transport unknown")]
    [InlineData("?EIO=4&transport=abc", "Transport unknown")]
    [InlineData("?EIO=4&transport=polling", "Bad request")]
    [InlineData("?EIO=4&transport=websocket&sid=abc", "Session ID unknown")]
    [InlineData("?transport=websocket", "Unsupported protocol version")]
    [InlineData("?EIO=3&transport=websocket", "Unsupported protocol version")]
    public async Task A_refused_WebSocket_handshake_is_answered_400_with_the_bare_message(string query, string message)
    {
        await using var server = await EngineIoServer.StartAsync();
        await AssertSocketRefusedAsync(server, query, message);
    }

    [Fact]
    public async Task A_handshake_that_breaks_the_WebSocket_protocol_is_a_bad_request()
    {
        await using var server = await EngineIoServer.StartAsync();
        using var socket = await RawWebSocket.ConnectAsync(server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake(key: "short", path: EngineIoServer.Path + "?EIO=4&transport=websocket")));
        Assert.StartsWith("HTTP/1.1 400 ", await socket.ReadHeadAsync());
        Assert.Empty(server.Handler.Calls);
    }

    [Fact]
    public async Task No_subprotocol_is_named_unless_the_client_insists_and_no_compression_unless_allowed()
    {
        await using var server = await EngineIoServer.StartAsync();
        await using var compressing = await EngineIoServer.StartAsync(options => options.Compression = true);
        const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

        Assert.DoesNotContain("Sec-WebSocket-", (await HeadAsync(server, Offer)).Replace("Sec-WebSocket-Accept", "", StringComparison.Ordinal));
        Assert.Contains("Sec-WebSocket-Protocol: a\r\n", await HeadAsync(server, "Sec-WebSocket-Protocol: a, b\r\n"));
        Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate", await HeadAsync(compressing, Offer));
    }

    [Fact]
    public async Task Only_the_exact_path_is_served()
    {
        await using var server = await EngineIoServer.StartAsync();
        foreach (var path in new[] { "/engine.io", "/engine.io/more", "/engine.io/more/" })
        {
            using var response = await server.Http.GetAsync(path + Polling, TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task Transports_and_upgrades_can_be_switched_off()
    {
        await using var socketsOnly = await EngineIoServer.StartAsync(options => options.AllowPolling = false);
        (await socketsOnly.SendAsync(HttpMethod.Get, Polling)).IsRefusal(0, "Transport unknown");
        using (await socketsOnly.OpenSocketAsync())
        {
        }

        await using var pollingOnly = await EngineIoServer.StartAsync(options => options.AllowWebSocket = false);
        Assert.Contains("\"upgrades\":[]", (await pollingOnly.SendAsync(HttpMethod.Get, Polling)).Body);
        await AssertSocketRefusedAsync(pollingOnly, "?EIO=4&transport=websocket", "Transport unknown");

        await using var noUpgrades = await EngineIoServer.StartAsync(options => options.AllowUpgrades = false);
        Assert.Contains("\"upgrades\":[]", (await noUpgrades.SendAsync(HttpMethod.Get, Polling)).Body);
        await AssertSocketRefusedAsync(noUpgrades, $"?EIO=4&transport=websocket&sid={await noUpgrades.OpenAsync()}", "Bad request");
        using (await noUpgrades.OpenSocketAsync())
        {
        }
    }

    [Fact]
    public async Task The_application_adds_headers_to_the_first_answer_only()
    {
        await using var server = await EngineIoServer.StartAsync(options =>
        {
            options.CookieName = "io";
            options.OnInitialHeaders = (context, session) =>
            {
                context.Response.Headers.Append("Set-Cookie", "1=1; Max-Age=86400");
                context.Response.Headers.Append("Set-Cookie", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict");
                context.Response.Headers["X-Session"] = session.Id;
            };
        });

        var first = await server.SendAsync(HttpMethod.Get, Polling);

        var sid = first.Header("X-Session")!;
        Assert.Equal([$"io={sid}; path=/; samesite=lax; httponly", "1=1; Max-Age=86400", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict"], first.Headers.GetValues("Set-Cookie"));
        await server.PostAsync(sid, "4a");
        var second = await server.GetAsync(sid);
        second.IsPayload("4a");
        Assert.Null(second.Header("Set-Cookie"));
        Assert.Contains("Set-Cookie: 1=1; Max-Age=86400\r\n", await HeadAsync(server, ""));
    }

    [Fact]
    public async Task The_handshake_is_remembered()
    {
        await using var server = await EngineIoServer.StartAsync();
        await server.SendAsync(HttpMethod.Get, Polling + "&%26a=%26%3D%3Fa&n=1", configure: request => request.Headers.Add("X-Custom", "yes"));
        var handshake = server.Handler.Session!.Handshake;
        // The request is over, and its object serves others.
        await server.OpenAsync();
        Assert.Equal("&=?a", handshake.Query["&a"]);
        Assert.Equal(["EIO", "transport", "&a", "n"], handshake.Query.Keys);
        Assert.Equal("yes", handshake.Headers["x-custom"]);
        Assert.Contains("x-custom", handshake.Headers.Keys);
        Assert.Equal("/engine.io/" + Polling + "&%26a=%26%3D%3Fa&n=1", handshake.PathAndQuery);
        Assert.Equal("127.0.0.1", handshake.Address);
        Assert.False(handshake.IsSecure);
        Assert.InRange(handshake.Time, TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task The_limits_of_the_node_hold_for_handshakes()
    {
        await using var server = await EngineIoServer.StartAsync(
            node: options =>
            {
                options.Limits.ConnectionsPerSecond = 1;
                options.Limits.ConnectionBurst = 3;
                options.Limits.Connections = 2;
            },
            time: new ManualTimeProvider());
        await server.OpenAsync();
        var sid = await server.OpenAsync();

        var full = await server.SendAsync(HttpMethod.Get, Polling);
        full.IsRefusal(4, "The server holds as many connections as it may (limits.connections).", 503);
        Assert.NotNull(full.Headers.RetryAfter);

        await server.PostAsync(sid, "1");
        await server.OpenAsync();
        await server.PostAsync(server.Handler.Session!.Id, "1");
        var limited = await server.SendAsync(HttpMethod.Get, Polling);
        Assert.Equal(429, limited.Status);
        Assert.StartsWith("""{"code":4,"message":"Too many new connections""", limited.Body);
        using var socket = await RawWebSocket.ConnectAsync(server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake(path: EngineIoServer.Path + "?EIO=4&transport=websocket")));
        var head = await socket.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 429 ", head);
        Assert.Contains("Retry-After: ", head);
    }

    [Fact]
    public async Task An_address_may_stay_outside_the_limits()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.CheckLimits = false, node: options =>
        {
            options.Limits.ConnectionsPerSecond = 1;
            options.Limits.ConnectionBurst = 1;
            options.Limits.Connections = 1;
        });
        for (var i = 0; i < 5; i++) await server.OpenAsync();
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{20}$")]
    private static partial Regex Id();

    private static async Task<string> HeadAsync(EngineIoServer server, string extra)
    {
        using var socket = await RawWebSocket.ConnectAsync(server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake(extra, path: EngineIoServer.Path + "?EIO=4&transport=websocket")));
        var head = await socket.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head);
        return head;
    }

    private static async Task AssertSocketRefusedAsync(EngineIoServer server, string query, string message)
    {
        using var socket = await RawWebSocket.ConnectAsync(server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake(path: EngineIoServer.Path + query)));
        var head = await socket.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 400 ", head);
        Assert.Equal(message, await socket.ReadBodyAsync(head));
    }
}
