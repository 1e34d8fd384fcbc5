using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using SocketIOClient;
using SocketIOClient.Transport;

namespace Arauto.SocketIo.Tests;

/// <summary>The .NET package SocketIOClient with tasks in place of its events.</summary>
internal sealed class DotnetClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, Channel<SocketIOResponse>> _heard = new();
    private readonly Channel<string> _connected = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _disconnected = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _refused = Channel.CreateUnbounded<string>();

    private DotnetClient(string url, SocketIOOptions options)
    {
        Client = new SocketIOClient.SocketIO(url, options);
        Client.OnConnected += (_, _) => _connected.Writer.TryWrite(Client.Id);
        Client.OnDisconnected += (_, reason) => _disconnected.Writer.TryWrite(reason);
        Client.OnError += (_, message) => _refused.Writer.TryWrite(message);
        foreach (var name in (string[])["auth", "message-back", "room-msg", "bcast", "question"])
        {
            var channel = _heard[name] = Channel.CreateUnbounded<SocketIOResponse>();
            Client.On(name, response => channel.Writer.TryWrite(response));
        }
    }

    public SocketIOClient.SocketIO Client { get; }

    public static DotnetClient Create(string url, Way way, Action<SocketIOOptions>? configure = null)
    {
        var options = new SocketIOOptions
        {
            Transport = way == Way.WebSocket ? TransportProtocol.WebSocket : TransportProtocol.Polling,
            AutoUpgrade = way == Way.Upgrade,
            ReconnectionDelay = 50,
            ConnectionTimeout = Deadline,
        };
        configure?.Invoke(options);
        return new DotnetClient(url, options);
    }

    public static async Task<DotnetClient> ConnectAsync(string url, Way way, Action<SocketIOOptions>? configure = null)
    {
        var client = Create(url, way, configure);
        await client.Client.ConnectAsync();
        await client.ConnectedAsync();
        return client;
    }

    public Task<string> ConnectedAsync() => NextAsync("connect", _connected);

    public Task<string> DisconnectedAsync() => NextAsync("disconnect", _disconnected);

    public Task<string> RefusedAsync() => NextAsync("connect_error", _refused);

    public Task<SocketIOResponse> HearAsync(string name) => NextAsync(name, _heard[name]);

    /// <summary>There and back: whatever was sent to it before has arrived, and of these events nothing.</summary>
    public async Task HearsNothingElseAsync(params string[] names)
    {
        await Client.EmitAsync("message", "settled");
        await HearAsync("message-back");
        foreach (var name in names) Assert.False(_heard[name].Reader.TryPeek(out _), name);
    }

    /// <summary>Emits, and gives the acknowledgement.</summary>
    public async Task<SocketIOResponse> AskAsync(string name, params object?[] args)
    {
        var answer = new TaskCompletionSource<SocketIOResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Client.EmitAsync(name, response => answer.TrySetResult(response), args!);
        return await InTimeAsync($"the answer to {name}", answer.Task);
    }

    public void Dispose() => Client.Dispose();

    /// <summary>All arguments as JSON text.</summary>
    public static string Text(SocketIOResponse response) => JsonSerializer.Serialize(Enumerable.Range(0, response.Count).Select(i => response.GetValue(i)));

    private static Task<T> NextAsync<T>(string what, Channel<T> channel) => InTimeAsync(what, channel.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    private static async Task<T> InTimeAsync<T>(string what, Task<T> task)
    {
        try
        {
            return await task.WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{what} did not come in {Deadline.TotalSeconds} s.");
        }
    }
}
