using System.Text;

namespace Arauto.Tests.Transports.WebSockets;

public sealed class WebSocketHandshakeTests : IAsyncLifetime
{
    private WebSocketServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WebSocketServer.StartAsync(echo: true);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_accept_header_is_that_of_the_RFC()
    {
        var head = await AnswerAsync(RawWebSocket.Handshake());
        Assert.StartsWith("HTTP/1.1 101", head);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head);
        Assert.Contains("Upgrade: websocket\r\n", head);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", head);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", head);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: test.v1\r\n", "test.v1")]
    [InlineData("Sec-WebSocket-Protocol: other, test.v1, test.v2\r\n", "test.v2")]
    [InlineData("Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: test.v1\r\n", "test.v1")]
    public async Task The_preferred_protocol_of_those_offered_is_chosen(string offer, string chosen) =>
        Assert.Contains($"Sec-WebSocket-Protocol: {chosen}\r\n", await AnswerAsync(RawWebSocket.Handshake(offer)));

    [Fact]
    public async Task Compression_is_confirmed() =>
        Assert.Contains(
            "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n",
            await AnswerAsync(RawWebSocket.Handshake("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")));

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: other\r\n")]
    [InlineData("Sec-WebSocket-Protocol: TEST.V1\r\n")]
    [InlineData("Sec-WebSocket-Protocol:\r\n")]
    public async Task Offering_only_unknown_protocols_is_refused(string offer)
    {
        var answer = await RefusalAsync(RawWebSocket.Handshake(offer));
        Assert.StartsWith("HTTP/1.1 400", answer);
        Assert.Contains("unsupported_protocol: ", answer);
        Assert.Contains("test.v2, test.v1", answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==AAAA")]
    [InlineData("dGhlIHNhbXBsZSBub25jZXhY")]
    [InlineData("dGhlIHNhbXBsZSBub25j!Q==")]
    public async Task A_key_that_is_not_16_bytes_is_refused(string key)
    {
        var answer = await RefusalAsync(RawWebSocket.Handshake(key: key));
        Assert.StartsWith("HTTP/1.1 400", answer);
        Assert.Contains("Sec-WebSocket-Key", answer);
    }

    [Theory]
    [InlineData("8")]
    [InlineData("14")]
    [InlineData("")]
    public async Task Another_version_is_told_the_right_one(string version)
    {
        var answer = await RefusalAsync(RawWebSocket.Handshake(version: version));
        Assert.StartsWith("HTTP/1.1 426", answer);
        Assert.Contains("Sec-WebSocket-Version: 13\r\n", answer);
        Assert.Contains("Upgrade: websocket\r\n", answer);
    }

    [Theory]
    [InlineData("GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n")]
    public async Task A_plain_request_is_told_to_upgrade(string request)
    {
        var answer = await RefusalAsync(request);
        Assert.StartsWith("HTTP/1.1 426", answer);
        Assert.Contains("Upgrade: websocket\r\n", answer);
        Assert.Contains("upgrade_required: ", answer);
    }

    [Theory]
    [InlineData("POST", "HTTP/1.1", "")]
    [InlineData("GET", "HTTP/1.0", "")]
    [InlineData("GET", "HTTP/1.1", "Content-Length: 3\r\n")]
    public async Task A_handshake_that_is_no_plain_GET_is_refused(string method, string version, string extra)
    {
        var request = RawWebSocket.Handshake(extra).Replace("GET", method, StringComparison.Ordinal).Replace("HTTP/1.1", version, StringComparison.Ordinal);
        Assert.Matches("^HTTP/1.1 (400|411|426)", await RefusalAsync(request));
    }

    private async Task<string> AnswerAsync(string request)
    {
        using var client = await RawWebSocket.ConnectAsync(_server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(request));
        return await client.ReadHeadAsync();
    }

    /// <summary>Head and body of a refusal.</summary>
    private async Task<string> RefusalAsync(string request)
    {
        using var client = await RawWebSocket.ConnectAsync(_server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(request));
        var head = await client.ReadHeadAsync();
        return head + await client.ReadBodyAsync(head);
    }
}
