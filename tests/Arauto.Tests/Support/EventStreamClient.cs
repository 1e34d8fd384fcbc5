using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Arauto.Tests.Support;

/// <summary>A client of Server-Sent Events on a bare socket. It keeps the exact text, and reads it as the standard says (WHATWG HTML, 9.2.6).</summary>
internal sealed class EventStreamClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly ChunkedStream _body;
    private readonly StreamReader _reader;
    private readonly StringBuilder _text = new();
    private readonly List<string> _data = [];
    private string _type = "";
    private string _id = "";

    private EventStreamClient(Socket socket, string head, Stream stream)
    {
        _socket = socket;
        Head = head;
        _body = new ChunkedStream(stream);
        _reader = new StreamReader(_body, new UTF8Encoding(false, throwOnInvalidBytes: true));
    }

    /// <summary>The status line and the headers.</summary>
    public string Head { get; }

    /// <summary>Every line read so far, as it came.</summary>
    public string Text => _text.ToString();

    /// <summary>The comments read so far, without the colon.</summary>
    public List<string> Comments { get; } = [];

    /// <summary>What an <c>EventSource</c> would send as <c>Last-Event-ID</c>: the id of the last event that came whole.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>The milliseconds after which an <c>EventSource</c> would come back.</summary>
    public int? Retry { get; private set; }

    /// <summary>Whether the stream ended in order, rather than broke.</summary>
    public bool EndedInOrder => _body.IsWhole;

    /// <summary>Sends the request and reads the head, which must be that of a stream.</summary>
    /// <param name="url">The address with its query.</param>
    /// <param name="token">For the header <c>Authorization</c>.</param>
    /// <param name="lastEventId">For the header <c>Last-Event-ID</c>.</param>
    /// <param name="receiveBuffer">The socket's receive buffer, for clients that are to be full soon.</param>
    public static async Task<EventStreamClient> ConnectAsync(Uri url, string? token = null, string? lastEventId = null, int? receiveBuffer = null)
    {
        using var late = new CancellationTokenSource(Deadline);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes) socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(IPAddress.Parse(url.Host), url.Port, late.Token);
        var request = new StringBuilder($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept: text/event-stream\r\n");
        if (token is not null) request.Append($"Authorization: Bearer {token}\r\n");
        if (lastEventId is not null) request.Append($"Last-Event-ID: {lastEventId}\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{request}\r\n"), late.Token);
        var stream = new BufferedStream(new NetworkStream(socket));
        return new EventStreamClient(socket, await ReadHeadAsync(stream, late.Token), stream);
    }

    /// <summary>The next event; <see langword="null"/> after the end.</summary>
    public async Task<ServerEvent?> ReadAsync()
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                TakeField(line);
                continue;
            }
            LastEventId = _id;
            var (type, data) = (_type.Length > 0 ? _type : "message", string.Join('\n', _data));
            var isEvent = _data.Count > 0;
            _type = "";
            _data.Clear();
            if (isEvent) return new ServerEvent(type, data, LastEventId);
        }
        return null;
    }

    /// <summary>Reads up to the first empty line: what the server says at once.</summary>
    /// <returns>The comment <c>connected</c> as a frame.</returns>
    public async Task<JsonObject> ReadGreetingAsync()
    {
        while (await ReadLineAsync() is { Length: > 0 } line) TakeField(line);
        LastEventId = _id;
        return JsonNode.Parse(Assert.Single(Comments)["connected ".Length..])!.AsObject();
    }

    /// <summary>The next event, which must have come by <c>onmessage</c>.</summary>
    public async Task<ServerEvent> MessageAsync()
    {
        var next = await ReadAsync();
        Assert.True(next?.Type == "message", $"Not a message but {next?.ToString() ?? "the end"}.");
        return next!;
    }

    /// <summary>The next event, which must be a control event with a frame of this type.</summary>
    public async Task<JsonObject> ControlAsync(string type)
    {
        var next = await ReadAsync();
        Assert.True(next?.Type == "control" && (string?)next.Json["type"] == type, $"Not a control event \"{type}\" but {next?.ToString() ?? "the end"}.");
        return next!.Json;
    }

    /// <summary>Reads to the end of the stream.</summary>
    public async Task<List<ServerEvent>> ReadToEndAsync()
    {
        var events = new List<ServerEvent>();
        while (await ReadAsync() is { } next) events.Add(next);
        return events;
    }

    /// <summary>Waits until a comment has come and takes nothing but comments on the way.</summary>
    public async Task CommentAsync(string comment)
    {
        var known = Comments.Count;
        while (Comments.Count == known || Comments[^1] != comment)
        {
            var line = await ReadLineAsync() ?? throw new InvalidOperationException($"The stream ended before the comment \"{comment}\".");
            Assert.True(line.Length == 0 || line[0] == ':', line);
            if (line.Length > 0) TakeField(line);
        }
    }

    /// <summary>The client is gone without a word.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancellationToken) == 1) head.Append((char)one[0]);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head.ToString());
        return head.ToString();
    }

    private async Task<string?> ReadLineAsync()
    {
        using var late = new CancellationTokenSource(Deadline);
        try
        {
            var line = await _reader.ReadLineAsync(late.Token);
            if (line is not null) _text.Append(line).Append('\n');
            return line;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void TakeField(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon == 0)
        {
            Comments.Add(line.Length > 1 && line[1] == ' ' ? line[2..] : line[1..]);
            return;
        }
        var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
        if (value.StartsWith(' ')) value = value[1..];
        switch (field)
        {
            case "event": _type = value; break;
            case "data": _data.Add(value); break;
            case "id": _id = value; break;
            case "retry": Retry = int.Parse(value); break;
        }
    }
}
