using System.Text;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>GET and POST of a session.</summary>
public class EngineIoPollingTests : EngineIoTests
{
    private static string Query(string sid) => $"?EIO=4&transport=polling&sid={sid}";

    [Fact]
    public async Task Messages_come_back_in_order_and_in_one_answer()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();

        var posted = await server.PostAsync(sid, "4a\x1e" + "bAQIDBA==\x1e" + "4\x1e" + "4€uro ⏎ 😀\x1e" + "b\x1e" + "4{\"a\":[1]}");

        posted.IsPayload("ok");
        Assert.Equal("text/html", posted.Header("Content-Type"));
        Assert.Equal("no-store", posted.Header("Cache-Control"));
        var answer = await server.GetAsync(sid);
        answer.IsPayload("4a\x1e" + "bAQIDBA==\x1e" + "4\x1e" + "4€uro ⏎ 😀\x1e" + "b\x1e" + "4{\"a\":[1]}");
        Assert.Equal("text/plain; charset=UTF-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(Encoding.UTF8.GetByteCount(answer.Body), answer.Content.ContentLength);
        Assert.Equal(["opened", "text a", "binary 01020304", "text ", "text €uro ⏎ 😀", "binary ", "text {\"a\":[1]}"], server.Handler.Calls);
    }

    [Fact]
    public async Task Binary_of_every_length_and_size_of_frame_is_standard_Base64()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        foreach (var length in new[] { 0, 1, 2, 3, 4, 125, 126, 127, 255, 256, 65535, 65536, 100_000 })
        {
            var data = new byte[length];
            new Random(length).NextBytes(data);
            var packet = "b" + Convert.ToBase64String(data);
            (await server.PostAsync(sid, packet)).IsPayload("ok");
            (await server.GetAsync(sid)).IsPayload(packet);
        }
    }

    [Fact]
    public async Task A_message_is_the_answer_of_the_pending_GET_before_the_POST_that_caused_it_is_answered()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var release = new TaskCompletionSource();
        server.Handler.Message = async (session, _) =>
        {
            session.Send("answer");
            await release.Task;
        };
        var poll = await server.ParkAsync(sid);

        var post = server.PostAsync(sid, "4question");

        (await poll).IsPayload("4answer");
        Assert.False(post.IsCompleted);
        release.SetResult();
        (await post).IsPayload("ok");
    }

    [Fact]
    public async Task A_character_may_be_split_between_segments()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var body = Encoding.UTF8.GetBytes("4a€b");
        using var client = await RawWebSocket.ConnectAsync(server.Port);

        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, $"Content-Length: {body.Length}\r\nContent-Type: text/plain;charset=UTF-8\r\nExpect: 100-continue\r\n")));
        await client.SendAsync(body.AsMemory(0, 3));
        // The server says so when it begins to wait for the rest.
        Assert.StartsWith("HTTP/1.1 100 ", await client.ReadHeadAsync());
        await client.SendAsync(body.AsMemory(3));

        var head = await client.ReadHeadAsync();
        Assert.Equal("ok", await client.ReadBodyAsync(head));
        (await server.GetAsync(sid)).IsPayload("4a€b");
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_in_bytes_is_taken_and_one_more_is_413_with_nothing_in_it()
    {
        await using var server = await StartAsync(options => options.MaxPayload = 100);
        var sid = await server.OpenAsync();
        var longest = "4" + new string('€', 33);

        (await server.PostAsync(sid, longest)).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload(longest);
        var refused = await server.PostAsync(sid, longest + "x");
        Assert.Equal((413, ""), (refused.Status, refused.Body));
        var chunked = await server.SendAsync(HttpMethod.Post, Query(sid), longest + "x", request => request.Headers.TransferEncodingChunked = true);
        Assert.Equal((413, ""), (chunked.Status, chunked.Body));
        Assert.Equal(["opened", "text " + longest[1..]], server.Handler.Calls);
    }

    [Fact]
    public async Task A_body_far_over_the_limit_is_refused_before_it_is_read_and_the_client_hears_it()
    {
        await using var server = await StartAsync(options => options.MaxPayload = 100);
        var sid = await server.OpenAsync();
        using var client = await RawWebSocket.ConnectAsync(server.Port);

        // 100 MB are announced and one byte comes: over the web server's own limit too.
        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, "Content-Length: 100000000\r\n") + "4"));

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadHeadAsync());
        var whole = await server.PostAsync(sid, "4" + new string('x', 5_000_000));
        Assert.Equal((413, ""), (whole.Status, whole.Body));
    }

    [Fact]
    public async Task The_limit_may_be_above_that_of_the_web_server()
    {
        await using var server = await StartAsync(options => options.MaxPayload = 16 * 1024 * 1024);
        var sid = await server.OpenAsync();
        var large = "4" + new string('x', 16 * 1024 * 1024 - 1);
        (await server.PostAsync(sid, large)).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload(large);
    }

    [Fact]
    public async Task Packets_that_mean_nothing_here_are_passed_over_and_a_ping_is_a_fault()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "0\x1e" + "3\x1e" + "3probe\x1e" + "5\x1e" + "6\x1e" + "4a")).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload("4a");
        (await server.PostAsync(sid, "2")).IsBadRequest();
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
    }

    private static string Post(string sid, string headers) => $"POST {EngineIoServer.Path}{Query(sid)} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n";
}
