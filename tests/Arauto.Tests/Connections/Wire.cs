using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>The commands of the native protocol in one line each, and what their answers must be.</summary>
internal static class Wire
{
    public static Task<JsonObject> SubscribeAsync(this WireClient client, string channel, string? since = null) => since is null
        ? client.AskAsync(new { type = "subscribe", channel })
        : client.AskAsync(new { type = "subscribe", channel, since });

    public static Task<JsonObject> UnsubscribeAsync(this WireClient client, string channel) => client.AskAsync(new { type = "unsubscribe", channel });

    public static Task<JsonObject> PublishAsync(this WireClient client, string channel, object? data = null, string @event = "chat") =>
        client.AskAsync(new { type = "publish", channel, @event, data });

    public static JsonObject IsReply(this JsonObject answer)
    {
        Assert.True((string?)answer["type"] == "reply", $"Not a reply: {answer.ToJsonString()}");
        return answer;
    }

    public static JsonObject IsError(this JsonObject answer, string code)
    {
        Assert.True((string?)answer["type"] == "error" && (string?)answer["code"] == code, $"Not the error {code}: {answer.ToJsonString()}");
        Assert.NotEqual("", (string?)answer["message"]);
        return answer;
    }

    public static string Cursor(this JsonObject frame) => (string)frame["cursor"]!;

    public static long Offset(this JsonObject frame) => (long)frame["offset"]!;

    public static string Type(this JsonObject frame) => (string)frame["type"]!;

    /// <summary>The handshake as a plain HTTP request, to see the answer's body.</summary>
    public static async Task<HttpResponseMessage> HandshakeAsync(this TestNode node, string? token = null, string query = "", params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Http, $"/ws{query}"));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();

    /// <summary>The answer is an error of the catalogue with this status.</summary>
    public static async Task<JsonObject> IsErrorAsync(this HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {text}");
        var error = JsonNode.Parse(text)!["error"]!.AsObject();
        Assert.Equal(code, (string?)error["code"]);
        return error;
    }
}
