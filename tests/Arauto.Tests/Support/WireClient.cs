using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Arauto.Tests.Support;

/// <summary>A plain JSON client over .NET's own WebSocket, without any of our client code.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[2 * 1024 * 1024];
    private readonly Queue<JsonObject> _aside = new();
    private long _id;

    private WireClient(ClientWebSocket socket) => _socket = socket;

    public ClientWebSocket Socket => _socket;

    public static async Task<WireClient> ConnectAsync(Uri url, string? token, string? subprotocol = null, bool deflate = false, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (subprotocol is not null) socket.Options.AddSubProtocol(subprotocol);
        if (deflate) socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false };
        configure?.Invoke(socket.Options);
        using var timeout = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(url, timeout.Token);
        return new WireClient(socket);
    }

    public Task SendAsync(object frame) => SendTextAsync(frame as string ?? JsonSerializer.Serialize(frame));

    public async Task SendTextAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, timeout.Token);
    }

    /// <summary>Sends a command with a fresh id and returns its reply or error; other frames stay in order for <see cref="ReceiveAsync"/>.</summary>
    public async Task<JsonObject> AskAsync(object command)
    {
        var frame = JsonSerializer.SerializeToNode(command)!.AsObject();
        var id = ++_id;
        frame["id"] = id;
        await SendTextAsync(frame.ToJsonString());
        var others = new List<JsonObject>();
        while (true)
        {
            var answer = await NextAsync();
            if ((string?)answer["type"] is "reply" or "error" or "pong" && (long?)answer["id"] == id)
            {
                foreach (var other in others) _aside.Enqueue(other);
                return answer;
            }
            others.Add(answer);
        }
    }

    /// <summary>The next frame that is not presence or heartbeat, unless asked for by type.</summary>
    public async Task<JsonObject> ReceiveAsync(string? type = null)
    {
        while (true)
        {
            var frame = _aside.Count > 0 ? _aside.Dequeue() : await NextAsync();
            var actual = (string?)frame["type"];
            if (type is null ? actual is not ("presence" or "heartbeat" or "connected" or "receipt" or "typing") : actual == type) return frame;
        }
    }

    /// <summary>Whether nothing but presence arrives while a ping goes there and back.</summary>
    public async Task<IReadOnlyList<JsonObject>> DrainAsync()
    {
        await AskAsync(new { type = "ping" });
        var found = new List<JsonObject>();
        while (_aside.TryDequeue(out var frame)) found.Add(frame);
        return found;
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<(int Code, string Reason, List<JsonObject> Frames)> ReadToEndAsync()
    {
        var frames = new List<JsonObject>();
        while (_aside.TryDequeue(out var kept)) frames.Add(kept);
        while (await TryNextAsync() is { } frame) frames.Add(frame);
        return ((int)(_socket.CloseStatus ?? 0), _socket.CloseStatusDescription ?? "", frames);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            if (_socket.State is WebSocketState.Open) await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The server was gone first; tests kill it on purpose.
        }
        _socket.Dispose();
    }

    private async Task<JsonObject> NextAsync() =>
        await TryNextAsync() ?? throw new InvalidOperationException($"The server closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");

    private async Task<JsonObject?> TryNextAsync()
    {
        using var timeout = new CancellationTokenSource(Deadline);
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), timeout.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(_socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, timeout.Token);
                return null;
            }
            length += part.Count;
            if (part.EndOfMessage) return JsonNode.Parse(_buffer.AsSpan(0, length))!.AsObject();
        }
    }
}
