using System.Collections.Concurrent;
using Arauto.Client.Tests.Scripting;
using Arauto.Client.Transports.Http;

namespace Arauto.Client.Tests;

/// <summary>A scripted server, a clock, and clients that end with the test.</summary>
public abstract class ClientFixture : IAsyncLifetime
{
    private readonly List<ArautoClient> _clients = [];
    private readonly CancellationTokenSource _readers = new();

    private protected ScriptedServer Server { get; private set; } = null!;

    private protected ManualTimeProvider Time { get; } = new();

    private protected ConcurrentQueue<ConnectionStatus> States { get; } = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Server = await ScriptedServer.StartAsync();

    /// <summary>What clients are made with; a scenario over WebSocket alone unless its class says otherwise.</summary>
    protected virtual TransportKind Transport => TransportKind.WebSocket;

    protected ArautoClient NewClient(Action<ArautoClientOptions>? configure = null)
    {
        var options = new ArautoClientOptions { Url = Server.Url, TimeProvider = Time, Transport = Transport };
        configure?.Invoke(options);
        var client = new ArautoClient(options, Seed.Create());
        client.StatusChanged += (_, status) => States.Enqueue(status);
        _clients.Add(client);
        return client;
    }

    /// <summary>Reads a channel into a queue until the test ends.</summary>
    private protected (ConcurrentQueue<Message> Messages, Task Reading) Read(ArautoClient client, string channel, string? since = null)
    {
        var messages = new ConcurrentQueue<Message>();
        return (messages, ReadAsync());

        // Begins on the thread of the test, so that whatever is subscribed together is.
        async Task ReadAsync()
        {
            await foreach (var message in client.SubscribeAsync(channel, since, _readers.Token)) messages.Enqueue(message);
        }
    }

    /// <summary>Waits until the client sleeps before its next try, then wakes it.</summary>
    private protected async Task ReconnectAsync(ArautoClient client)
    {
        await Eventually.True(() => client.Status.State == ConnectionState.Waiting, "the client waits");
        var wait = client.Status.RetryAfter!.Value;
        await Eventually.True(() => Time.Waiting.Any(w => (w - wait).Duration() < TimeSpan.FromMilliseconds(2)) || client.Status.State != ConnectionState.Waiting, "the timer is set");
        Time.Advance(wait + TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Lets the short moment pass after which changed subscriptions become one request.</summary>
    private protected async Task PassMomentAsync()
    {
        await Eventually.True(() => Time.Waiting.Contains(SubscriptionChanges.Moment), "the change is noticed");
        Time.Advance(SubscriptionChanges.Moment);
    }

    /// <summary>Lets the time pass after which a better transport is probed.</summary>
    private protected async Task PassProbeIntervalAsync(double seconds)
    {
        bool IsProbe(TimeSpan wait) => wait.TotalSeconds >= seconds * 0.75 && wait.TotalSeconds <= seconds * 1.25;
        await Eventually.True(() => Time.Waiting.Any(IsProbe), $"a probe is due in about {seconds} s");
        // Not further: the limit of the try begins with it.
        Time.Advance(Time.Waiting.First(IsProbe));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _readers.CancelAsync();
        foreach (var client in _clients) await client.DisposeAsync();
        await Server.DisposeAsync();
        _readers.Dispose();
    }
}
