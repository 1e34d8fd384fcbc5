using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Publishing;

public sealed class PublishTests
{
    private const string Channel = "public:a";
    private static readonly string[] AnswerFields = ["message", "offset", "epoch", "durable", "fanout", "correlation_id"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reply_says_what_became_of_the_message()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");

        var reply = (await client.PublishAsync(Channel, 1)).IsReply();

        Assert.Equal(7, Guid.Parse((string)reply["message"]!).Version);
        Assert.Equal((1L, false, "full", (string)reply["message"]!), (reply.Offset(), (bool)reply["durable"]!, (string)reply["fanout"]!, (string)reply["correlation_id"]!));
        Assert.Equal(16, ((string)reply["epoch"]!).Length);
    }

    [Fact]
    public async Task A_repeated_key_has_one_effect_and_gets_the_first_answer_over_every_entry()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        await using var second = await node.ConnectAsync("alice");
        await using var bob = await node.ConnectAsync("bob");
        using var http = node.Client("alice");
        object command = new { type = "publish", channel = Channel, @event = "chat", data = 1, key = "k1", correlation_id = "first" };

        var answers = new List<JsonObject>
        {
            await client.AskAsync(command),
            await client.AskAsync(command),
            await second.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 2, key = "k1", correlation_id = "second" }),
            await PostAsync(http, new { channel = Channel, @event = "chat", data = 3, key = "k1" }),
            await PostAsync(http, new { channel = Channel, @event = "chat", data = 3 }, ("Idempotency-Key", "k1")),
        };

        Assert.Equal("first", (string?)answers[0]["correlation_id"]);
        foreach (var answer in answers)
            foreach (var field in AnswerFields) Assert.Equal(answers[0][field]!.ToJsonString(), answer[field]!.ToJsonString());
        Assert.Equal(2, (await bob.AskAsync(command)).Offset());
        var history = (await client.AskAsync(new { type = "history", channel = Channel }))["messages"]!.AsArray();
        Assert.Equal(["alice", "bob"], history.Select(message => (string)message!["from"]!));
        Assert.Equal(1, (int)history[0]!["data"]!);
    }

    [Fact]
    public async Task A_key_repeated_at_the_same_time_has_one_effect()
    {
        await using var node = await TestNode.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => node.ConnectAsync("alice")));

        var answers = await Task.WhenAll(clients.Select(client => client.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 1, key = "k" })));

        Assert.Single(answers.Select(answer => (string)answer.IsReply()["message"]!).Distinct());
        Assert.Equal(1, (await clients[0].SubscribeAsync(Channel)).Offset());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory]
    [InlineData("gap")]
    [InlineData("error")]
    [InlineData("reply")]
    [InlineData("ping")]
    [InlineData("presence")]
    public async Task A_word_of_the_protocol_is_no_event(string word)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");

        (await client.PublishAsync(Channel, 1, word)).IsError("invalid_message");

        using var response = await http.PostAsJsonAsync("/v1/publish", new { channel = Channel, @event = word, data = 1 }, Cancelled);
        await response.IsErrorAsync(400, "invalid_message");
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused()
    {
        await using var node = await TestNode.StartAsync(options => options.Limits.MessageBytes = 4096);
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");
        using (var response = await http.PostAsJsonAsync("/v1/publish", new { channel = Channel, @event = "chat", data = new string('x', 5000) }, Cancelled))
            await response.IsErrorAsync(413, "too_large");

        (await client.PublishAsync(Channel, new string('x', 3900))).IsReply();
        await client.SendAsync(new { type = "publish", id = 1001, channel = Channel, @event = "chat", data = new string('x', 5000) });

        Assert.Equal(1009, (await client.ReadToEndAsync()).Code);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"text\"")]
    [InlineData("-0.10e2")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("[1,2,[]]")]
    [InlineData("{ \"b\" : 1 , \"a\":\t{\"\\u00e9\":\"\\ud83d\\ude00 \\/ é\"},\"a\":2 }")]
    public async Task Data_of_any_kind_is_kept_byte_for_byte(string data)
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");
        var fields = $"\"channel\":\"{Channel}\",\"event\":\"chat\",\"data\":{data}}}";
        await client.SendTextAsync($"{{\"type\":\"publish\",\"id\":1001,{fields}");
        (await client.ReceiveAsync()).IsReply();
        using (var posted = await http.PostAsync("/v1/publish", new StringContent($"{{{fields}", Encoding.UTF8, "application/json"), Cancelled)) Assert.Equal(200, (int)posted.StatusCode);

        using var page = JsonDocument.Parse(await http.GetStringAsync($"/v1/channels/{Channel}/messages", Cancelled));

        Assert.Equal([data, data], page.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task Data_that_is_left_out_is_null()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        await client.SubscribeAsync(Channel);
        using var http = node.Client("alice");

        (await client.AskAsync(new { type = "publish", channel = Channel, @event = "chat" })).IsReply();
        await PostAsync(http, new { channel = Channel, @event = "chat" });

        for (var i = 0; i < 2; i++)
        {
            var message = await client.ReceiveAsync("chat");
            Assert.True(message.ContainsKey("data"));
            Assert.Null(message["data"]);
        }
    }

    [Fact]
    public async Task The_correlation_id_comes_back()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        using var http = node.Client("alice");
        Assert.Equal("abc", (string?)(await client.AskAsync(new { type = "publish", channel = Channel, @event = "chat", correlation_id = "abc" }))["correlation_id"]);
        foreach (var (name, value, expected) in new[]
        {
            ("X-Request-ID", "req-1", "req-1"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/publish") { Content = JsonContent.Create(new { channel = Channel, @event = "chat" }) };
            request.Headers.TryAddWithoutValidation(name, value);
            using var response = await http.SendAsync(request, Cancelled);
            Assert.Equal(expected, response.Headers.GetValues("X-Request-ID").Single());
            Assert.Equal(expected, (string?)(await response.JsonAsync())["correlation_id"]);
        }
    }

    [Fact]
    public async Task Pipelined_publishes_keep_their_order_and_only_those_with_an_id_are_answered()
    {
        await using var node = await TestNode.StartAsync();
        await using var client = await node.ConnectAsync("alice");
        await using var reader = await node.ConnectAsync("bob");
        await reader.SubscribeAsync(Channel);

        for (var i = 1; i <= 500; i++)
        {
            var id = i % 10 == 0 ? $"\"id\":{1000 + i}," : "";
            await client.SendTextAsync($"{{\"type\":\"publish\",{id}\"channel\":\"{Channel}\",\"event\":\"chat\",\"data\":{i}}}");
        }
        await client.SendTextAsync("{\"type\":\"publish\",\"channel\":\"broadcast\",\"event\":\"chat\"}");

        for (var i = 10; i <= 500; i += 10) Assert.Equal(1000 + i, (int)(await client.ReceiveAsync()).IsReply()["id"]!);
        Assert.False((await client.ReceiveAsync()).IsError("forbidden").ContainsKey("id"));
        Assert.DoesNotContain(await client.DrainAsync(), frame => frame.Type() is "reply" or "error");
        for (var i = 1; i <= 500; i++)
        {
            var message = await reader.ReceiveAsync("chat");
            Assert.Equal((i, i), ((int)message["data"]!, (int)message.Offset()));
        }
    }

    [Fact]
    public async Task A_body_that_is_not_a_publish_is_refused_with_what_is_wrong()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        foreach (var body in new[]
        {
            "", "[]", "null", "{", "{\"channel\":1}", "{\"channel\":\"public:a\"}", "{\"event\":\"x\"}", "{\"channel\":\"public:a\",\"event\":\"\"}",
            "{\"channel\":\"public:a\",\"event\":\"x\",\"key\":\"\"}", "{\"channel\":\"public:a\",\"event\":\"x\",\"data\":" + new string('[', 100) + new string(']', 100) + "}",
            "{\"channel\":\"public:a\",\"event\":\"\\ud800\"}", "{\"channel\":\"\\ud800\",\"event\":\"x\"}",
        })
        {
            using var response = await http.PostAsync("/v1/publish", new StringContent(body, Encoding.UTF8, "application/json"), Cancelled);
            var text = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True((int)response.StatusCode == 400, $"{body}: {(int)response.StatusCode} {text}");
            Assert.StartsWith("invalid_", (string)JsonNode.Parse(text)!["error"]!["code"]!);
        }
        using var content = new ByteArrayContent([.. "{\"channel\":\"public:a\",\"event\":\"x\",\"data\":\""u8, 0xff, .. "\"}"u8]) { Headers = { ContentType = new("application/json") } };
        using var bytes = await http.PostAsync("/v1/publish", content, Cancelled);
        await bytes.IsErrorAsync(400, "invalid_message");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task The_content_type_does_not_matter(string? contentType)
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using var content = new ByteArrayContent("{\"channel\":\"public:a\",\"event\":\"chat\"}"u8.ToArray());
        if (contentType is not null) content.Headers.ContentType = new(contentType);

        using var response = await http.PostAsync("/v1/publish", content, Cancelled);

        Assert.Equal(200, (int)response.StatusCode);
    }

    private static async Task<JsonObject> PostAsync(HttpClient http, object body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/publish") { Content = JsonContent.Create(body) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request, Cancelled);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
        return await response.JsonAsync();
    }
}
