using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Arauto.Tests.SocketIo;

/// <summary>A Socket.IO client that shows packets as they are: over WebSocket, in one namespace; keeps its recovery id and the last offset as the field's client does.</summary>
internal sealed class SocketIoClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly string _namespace;

    private SocketIoClient(string ns) => _namespace = ns;

    public string Sid { get; private set; } = "";

    public string? RecoveryId { get; private set; }

    public string? Offset { get; private set; }

    public static async Task<SocketIoClient> OpenAsync(Uri http, string ns = "/", Action<ClientWebSocketOptions>? configure = null, string query = "")
    {
        var client = new SocketIoClient(ns);
        configure?.Invoke(client._socket.Options);
        var address = new UriBuilder(http) { Scheme = "ws", Path = "/socket.io/", Query = $"EIO=4&transport=websocket&{query}" }.Uri;
        using var patience = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(address, patience.Token);
        Assert.StartsWith("0{", await client.TextAsync());
        return client;
    }

    /// <summary>Opens and enters the namespace, as the client <paramref name="before"/> again if given.</summary>
    public static async Task<SocketIoClient> ConnectAsync(Uri http, string? token, string ns = "/", SocketIoClient? before = null, string query = "")
    {
        var client = await OpenAsync(http, ns, query: query);
        var auth = new JsonObject();
        if (token is not null) auth["token"] = token;
        if (before?.RecoveryId is { } pid) auth["pid"] = pid;
        if (before?.Offset is { } offset) auth["offset"] = offset;
        client.Offset = before?.Offset;
        await client.SendAsync($"40{client.Prefix}{auth.ToJsonString()}");
        var answer = await client.PacketAsync();
        Assert.StartsWith($"40{client.Prefix}{{", answer);
        var json = JsonNode.Parse(answer[(2 + client.Prefix.Length)..])!;
        client.Sid = (string)json["sid"]!;
        client.RecoveryId = (string?)json["pid"];
        return client;
    }

    private string Prefix => _namespace == "/" ? "" : _namespace + ",";

    public async Task SendAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
    }

    public async Task SendAsync(byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, patience.Token);
    }

    public Task EmitAsync(string name, params object?[] args) => SendAsync($"42{Prefix}{JsonSerializer.Serialize((object?[])[name, .. args])}");

    /// <summary>Emits with acknowledgement, and gives its arguments; what comes before it is dropped.</summary>
    public async Task<JsonArray> AskAsync(int id, string name, params object?[] args)
    {
        await SendAsync($"42{Prefix}{id}{JsonSerializer.Serialize((object?[])[name, .. args])}");
        while (true)
        {
            var packet = await PacketAsync();
            var head = $"43{Prefix}{id}";
            if (packet.StartsWith(head, StringComparison.Ordinal)) return JsonNode.Parse(packet[head.Length..])!.AsArray();
        }
    }

    /// <summary>The next event, with its offset taken off.</summary>
    public async Task<JsonArray> EventAsync()
    {
        var packet = await PacketAsync();
        Assert.StartsWith($"42{Prefix}[", packet);
        var array = JsonNode.Parse(packet[(2 + Prefix.Length)..])!.AsArray();
        // Precisely as the client of the field: whatever text stands last is the offset.
        if (RecoveryId is not null && array[^1] is JsonValue last && last.TryGetValue<string>(out var offset))
        {
            Offset = offset;
            array.RemoveAt(array.Count - 1);
        }
        return array;
    }

    /// <summary>The next packet of Socket.IO with the type digit of Engine.IO; heartbeats are answered.</summary>
    public async Task<string> PacketAsync()
    {
        while (true)
        {
            var text = await TextAsync() ?? throw new InvalidOperationException("The connection is closed.");
            if (text != "2") return text;
            await SendAsync("3");
        }
    }

    public async Task<string?> TextAsync()
    {
        var (text, _) = await MessageAsync();
        return text;
    }

    public async Task<(string? Text, byte[]? Binary)> MessageAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            if (read.MessageType == WebSocketMessageType.Close) return (null, null);
            length += read.Count;
            if (!read.EndOfMessage)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
                continue;
            }
            return read.MessageType == WebSocketMessageType.Text ? (Encoding.UTF8.GetString(buffer, 0, length), null) : (null, buffer[..length]);
        }
    }

    /// <summary>Breaks the connection without a word.</summary>
    public void Abort() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
