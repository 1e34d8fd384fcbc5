using System.Net.Http.Headers;
using System.Text;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>How a session over polling ends, and what each request that is open then gets.</summary>
public class EngineIoPollingEndTests : EngineIoTests
{
    private static string Query(string sid) => $"?EIO=4&transport=polling&sid={sid}";

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
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();

        (await server.PostAsync(sid, body)).IsBadRequest();

        Assert.Equal("parse error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        (await server.PostAsync(sid, "4a")).IsUnknownSession();
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_closes_the_session()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var answer = await server.SendAsync(HttpMethod.Post, Query(sid), configure: request => request.Content = new ByteArrayContent([(byte)'4', 0xC3, 0x28]));
        answer.IsBadRequest();
        Assert.Equal("parse error", await server.Handler.ClosedAsync());
    }

    [Fact]
    public async Task A_pending_GET_learns_of_a_violation()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var poll = await server.ParkAsync(sid);
        await server.PostAsync(sid, "abc");
        (await poll).IsPayload("1");
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task Octet_streams_belong_to_another_version()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var answer = await server.SendAsync(HttpMethod.Post, Query(sid), "4a", request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream"));
        answer.IsBadRequest();
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        Assert.Equal(["opened", "closed transport error"], server.Handler.Calls);
    }

    [Fact]
    public async Task A_second_GET_closes_the_session_and_each_has_its_answer()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        var first = await server.ParkAsync(sid);

        (await server.GetAsync(sid)).IsBadRequest();

        (await first).IsPayload("1");
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public virtual async Task A_second_POST_while_one_is_read_closes_the_session()
    {
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        using var client = await RawWebSocket.ConnectAsync(server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, "Content-Length: 10\r\n") + "4"));
        await Eventually.TrueAsync("the first POST is being read", () => server.Handler.Session!.IsReadingPost);

        (await server.PostAsync(sid, "4b")).IsBadRequest();

        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        await client.SendAsync("123456789"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadHeadAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        Assert.Equal(["opened", "closed transport error"], server.Handler.Calls);
    }

    /// <summary>A client may be told over its GET what it waits for, and send on, before the answer to its POST is there.</summary>
    [Fact]
    public async Task A_POST_behind_one_that_is_with_the_handler_waits_for_its_turn()
    {
        await using var server = await StartAsync();
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Handler.Message = (_, message) => message.Data.Span.SequenceEqual("a"u8) ? new ValueTask(handled.Task) : ValueTask.CompletedTask;
        var sid = await server.OpenAsync();
        var first = server.PostAsync(sid, "4a");
        await server.Handler.CallAsync("text a");
        var second = server.PostAsync(sid, "4b");
        await Eventually.TrueAsync("two POSTs are there", () => server.Handler.Session!.Posts == 2);
        Assert.False(first.IsCompleted || second.IsCompleted);

        handled.SetResult();

        (await first).IsPayload("ok");
        (await second).IsPayload("ok");
        Assert.Equal(["opened", "text a", "text b"], server.Handler.Calls);
    }

    [Fact]
    public async Task A_third_POST_at_once_closes_the_session()
    {
        await using var server = await StartAsync();
        server.Handler.Message = static async (session, _) => await Task.Delay(Timeout.Infinite, session.Closed);
        var sid = await server.OpenAsync();
        var first = server.PostAsync(sid, "4a");
        await server.Handler.CallAsync("text a");
        var second = server.PostAsync(sid, "4b");
        await Eventually.TrueAsync("two POSTs are there", () => server.Handler.Session!.Posts == 2);

        (await server.PostAsync(sid, "4c")).IsBadRequest();

        (await first).IsBadRequest();
        (await second).IsBadRequest();
        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
        Assert.Equal(["opened", "text a", "closed transport error"], server.Handler.Calls);
    }

    [Fact]
    public async Task A_GET_that_is_aborted_closes_the_session()
    {
        await using var server = await StartAsync();
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
        await using var server = await StartAsync();
        var never = new TaskCompletionSource();
        server.Handler.Message = async (session, _) => await never.Task.WaitAsync(session.Closed);
        var sid = await server.OpenAsync();
        using var client = await RawWebSocket.ConnectAsync(server.Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(Post(sid, "Content-Length: 3\r\nExpect: 100-continue\r\n") + (afterItsBody ? "4ab" : "4a")));
        if (afterItsBody) await server.Handler.CallAsync("text ab");
        // The server says so when it begins to wait for the rest.
        else Assert.StartsWith("HTTP/1.1 100 ", await client.ReadHeadAsync());

        if (resets) client.Reset();
        else client.Dispose();

        Assert.Equal("transport error", await server.Handler.ClosedAsync());
        (await server.GetAsync(sid)).IsUnknownSession();
    }

    [Fact]
    public async Task The_client_s_close_releases_the_pending_GET_with_a_noop()
    {
        await using var server = await StartAsync();
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
        await using var server = await StartAsync();
        var sid = await server.OpenAsync();
        (await server.PostAsync(sid, "4a\x1e" + "1\x1e" + "4b\x1e" + "garbage")).IsPayload("ok");
        (await server.GetAsync(sid)).IsUnknownSession();
        Assert.Equal(["opened", "text a", "closed transport close"], server.Handler.Calls);
    }

    [Fact]
    public async Task The_server_s_close_is_the_answer_of_a_pending_GET()
    {
        await using var server = await StartAsync();
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
        await using var server = await StartAsync();
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
        await using var server = await StartAsync();
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
        await using var server = await StartAsync(time: time);
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
        await using var server = await StartAsync(options => options.MaxBuffered = 64 * 1024);
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

    private protected static string Post(string sid, string headers) => $"POST {EngineIoServer.Path}{Query(sid)} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n";
}
