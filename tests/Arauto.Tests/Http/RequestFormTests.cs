using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Http;

public sealed class RequestFormTests
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_body_is_read_as_json_whatever_its_content_type(string contentType)
    {
        await using var node = await TestNode.StartAsync();
        using var alice = node.Client("alice");
        using var body = new StringContent("""{"channel":"public:lobby","event":"chat","data":1}""", new System.Net.Http.Headers.MediaTypeHeaderValue(contentType));

        using var response = await alice.PostAsync("/v1/publish", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_room_keeps_what_a_change_does_not_name()
    {
        await using var node = await TestNode.StartAsync();
        using var alice = node.Client("alice");
        var room = await SendAsync(alice, HttpMethod.Post, "/v1/rooms", """{"type":"private","metadata":{"title":"Tea"}}""");

        var opened = await SendAsync(alice, HttpMethod.Patch, $"/v1/rooms/{room["id"]}", """{"type":"public"}""");
        var renamed = await SendAsync(alice, HttpMethod.Patch, $"/v1/rooms/{room["id"]}", """{"metadata":{"title":"Coffee"}}""");

        Assert.Equal(("public", "Tea"), ((string)opened["type"]!, (string)opened["metadata"]!["title"]!));
        Assert.Equal(("public", "Coffee"), ((string)renamed["type"]!, (string)renamed["metadata"]!["title"]!));
    }

    /// <summary>TLS ends at the proxy, so only the proxy knows that the page's own origin is an https one.</summary>
    [Theory]
    [InlineData("127.0.0.1", "https", HttpStatusCode.SwitchingProtocols)]
    [InlineData("127.0.0.1", "http", HttpStatusCode.Forbidden)]
    [InlineData("10.1.2.3", "https", HttpStatusCode.Forbidden)]
    public async Task The_own_origin_is_what_a_trusted_proxy_says(string trusted, string scheme, HttpStatusCode expected)
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Development = false;
            options.TrustedProxies.Add(trusted);
        });
        var status = await HandshakeAsync(node, scheme, "https://chat.example");

        Assert.Equal(expected, status);
    }

    private static async Task<HttpStatusCode> HandshakeAsync(TestNode node, string scheme, string origin)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Http, "/ws"));
        request.Headers.Host = "chat.example";
        request.Headers.Add("Origin", origin);
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, null, "application/json") };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
    }
}
