using System.Net.Http.Headers;
using System.Text;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>GET and POST of a session.</summary>
public sealed class EngineIoPollingTests
{
    private static string Query(string sid) => $"?EIO=4&transport=polling&sid={sid}";

    [Fact]
    public async Task Messages_come_back_in_order_and_in_one_answer()
    {
        await using var server = await EngineIoServer.StartAsync();
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
        await using var server = await EngineIoServer.StartAsync();
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
        await using var server = await EngineIoServer.StartAsync();
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
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var body = Encoding.UTF8.GetBytes("4a€b");
        using var client = await RawWebSocket.ConnectAsync(server.Port);

        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, $"Content-Length: {body.Length}\r\nContent-Type: text/plain;charset=UTF-8\r\n")));
        await client.SendAsync(body.AsMemory(0, 3));
        await Eventually.TrueAsync("the POST is being read", () => server.Handler.Session!.IsPosting);
        await client.SendAsync(body.AsMemory(3));

        var head = await client.ReadHeadAsync();
        Assert.Equal("ok", await client.ReadBodyAsync(head));
        (await server.GetAsync(sid)).IsPayload("4a€b");
    }

    [Theory]
    [InlineData("")]
    [InlineData("4a\x1e")]
    [InlineData("\x1e" + "4a")]
    [InlineData("4a\x1e\x1e" + "4b")]
    [InlineData("abc")]
    [InlineData("7a")]
    [InlineData("9")]
    [InlineData("b!!!")]
    [InlineData("bAQI")]
    [InlineData("4a\x1exyz")]
    public async Task A_packet_that_is_none_closes_the_session(string body)
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();

        (await server.PostAsync(sid, body)).IsBadRequest();

        Assert.Equal("parse error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        (await server.PostAsync(sid, "4a")).IsUnknownSession();
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_closes_the_session()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var answer = await server.SendAsync(HttpMethod.Post, Query(sid), configure: request => request.Content = new ByteArrayContent([(byte)'4', 0xC3, 0x28]));
        answer.IsBadRequest();
        Assert.Equal("parse error", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_pending_GET_learns_of_a_violation()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var poll = await server.ParkAsync(sid);
        await server.PostAsync(sid, "abc");
        (await poll).IsPayload("1");
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task Octet_streams_belong_to_another_version()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var answer = await server.SendAsync(HttpMethod.Post, Query(sid), "4a", request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream"));
        answer.IsBadRequest();
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        Assert.Equal(["opened", "closed transport error"], server.Handler.Calls);
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_in_bytes_is_taken_and_one_more_is_413_with_nothing_in_it()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.MaxPayload = 100);
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
        await using var server = await EngineIoServer.StartAsync(options => options.MaxPayload = 100);
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
        await using var server = await EngineIoServer.StartAsync(options => options.MaxPayload = 16 * 1024 * 1024);
        var sid = await server.OpenAsync();
        var large = "4" + new string('x', 16 * 1024 * 1024 - 1);
        (await server.PostAsync(sid, large)).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload(large);
    }

    [Fact]
    public async Task A_second_GET_closes_the_session_and_each_has_its_answer()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var first = await server.ParkAsync(sid);

        (await server.GetAsync(sid)).IsBadRequest();

        (await first).IsPayload("1");
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task A_second_POST_while_one_is_read_closes_the_session()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        using var client = await RawWebSocket.ConnectAsync(server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, "Content-Length: 10\r\n") + "4"));
        await Eventually.TrueAsync("the first POST is being read", () => server.Handler.Session!.IsPosting);

        (await server.PostAsync(sid, "4b")).IsBadRequest();

        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        await client.SendAsync("123456789"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadHeadAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        Assert.Equal(["opened", "closed transport error"], server.Handler.Calls);
    }

    [Fact]
    public async Task A_GET_that_is_aborted_closes_the_session()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        using var abort = new CancellationTokenSource();
        var poll = await server.ParkAsync(sid, abort.Token);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_POST_that_is_aborted_closes_the_session(bool afterItsBody, bool resets)
    {
        await using var server = await EngineIoServer.StartAsync();
        var never = new TaskCompletionSource();
        server.Handler.Message = async (session, _) => await never.Task.WaitAsync(session.Closed);
        var sid = await server.OpenAsync();
        using var client = await RawWebSocket.ConnectAsync(server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, "Content-Length: 3\r\n") + (afterItsBody ? "4ab" : "4a")));
        await Eventually.TrueAsync("the POST is being served", () => afterItsBody ? server.Handler.Calls.Contains("text ab") : server.Handler.Session!.IsPosting);

        if (resets) client.Reset();
        else client.Dispose();

        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task The_client_s_close_releases_the_pending_GET_with_a_noop()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var poll = await server.ParkAsync(sid);

        (await server.PostAsync(sid, "1")).IsPayload("ok");

        (await poll).IsPayload("6");
        Assert.Equal("transport close", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        (await server.PostAsync(sid, "4a")).IsUnknownSession();
    }

    [Fact]
    public async Task Behind_the_client_s_close_nothing_is_read()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "4a\x1e" + "1\x1e" + "4b\x1e" + "garbage")).IsPayload("ok");
        (await server.GetAsync(sid)).IsUnknownSession();
        Assert.Equal(["opened", "text a", "closed transport close"], server.Handler.Calls);
    }

    [Fact]
    public async Task Packets_that_mean_nothing_here_are_passed_over_and_a_ping_is_a_fault()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "0\x1e" + "3\x1e" + "3probe\x1e" + "5\x1e" + "6\x1e" + "4a")).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload("4a");
        (await server.PostAsync(sid, "2")).IsBadRequest();
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task The_server_s_close_is_the_answer_of_a_pending_GET()
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var poll = await server.ParkAsync(sid);
        server.Handler.Session!.Close();
        (await poll).IsPayload("1");
        Assert.Equal("forced close", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Theory]
    [InlineData(false, "6\x1e" + "1")]
    [InlineData(true, "4last\x1e" + "1")]
    public async Task The_server_s_close_waits_for_the_next_GET_behind_what_was_sent(bool sends, string expected)
    {
        await using var server = await EngineIoServer.StartAsync();
        var sid = await server.OpenAsync();
        var session = server.Handler.Session!;
        if (sends) session.Send("last");
        session.Close();
        session.Send("too late");
        Assert.Equal("forced close", await server.Handler.ClosedAsync());
        (await server.PostAsync(sid, "4a")).IsUnknownSession();
        (await server.GetAsync(sid)).IsPayload(expected);
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task A_POST_in_which_the_server_closes_is_in_order_and_its_rest_is_dropped()
    {
        await using var server = await EngineIoServer.StartAsync();
        server.Handler.Message = (session, message) =>
        {
            var echoed = RecordingHandler.Echo(session, message);
            if (message.Data.Span.SequenceEqual("b"u8)) session.Close();
            return echoed;
        };
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "4a\x1e" + "4b\x1e" + "4c")).IsPayload("ok");
        (await server.GetAsync(sid)).IsPayload("4a\x1e" + "4b\x1e" + "1");
        Assert.Equal(["opened", "text a", "text b", "closed forced close"], server.Handler.Calls);
    }

    [Fact]
    public async Task The_server_s_close_is_kept_for_30_seconds()
    {
        var time = new ManualTimeProvider();
        await using var server = await EngineIoServer.StartAsync(time: time);
        var (kept, gone) = (await server.OpenAsync(), "");
        server.Handler.Session!.Close();
        time.Advance(TimeSpan.FromSeconds(29));
        gone = await server.OpenAsync();
        server.Handler.Session!.Close();
        (await server.GetAsync(kept)).IsPayload("6\x1e" + "1");
        time.Advance(TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(25));
        (await server.GetAsync(gone)).IsUnknownSession();
        Assert.Equal(0, server.SessionCount);
    }

    [Fact]
    public async Task What_a_client_does_not_fetch_is_bounded()
    {
        await using var server = await EngineIoServer.StartAsync(options => options.MaxBuffered = 64 * 1024);
        var sid = await server.OpenAsync();
        var session = server.Handler.Session!;
        // One alone is always taken.
        session.Send(new string('x', 100_000));
        Assert.Equal(100_001, (await server.GetAsync(sid)).Body.Length);
        for (var i = 0; i < 900; i++) session.Send("x");
        Assert.False(session.Closed.IsCancellationRequested);
        for (var i = 0; i < 100; i++) session.Send("x");
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    private static string Post(string sid, string headers) => $"POST {EngineIoServer.Path}{Query(sid)} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n";
}
