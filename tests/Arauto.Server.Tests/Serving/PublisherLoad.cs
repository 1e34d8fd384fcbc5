using System.Collections.Concurrent;
using System.Net.WebSockets;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

/// <summary>One connection that publishes numbered messages as fast as they are acknowledged, a window of them at a time, until its server dies.</summary>
internal sealed class PublisherLoad(int publisher, string channel, int firstNumber)
{
    private const int Window = 32;

    private readonly ConcurrentQueue<(int Number, long Offset, string Message)> _acknowledged = new();

    public int Publisher => publisher;

    /// <summary>The number of the last message that was at least begun to be sent.</summary>
    public int LastNumber { get; private set; } = firstNumber - 1;

    public IReadOnlyCollection<(int Number, long Offset, string Message)> Acknowledged => _acknowledged;

    /// <summary>The publish command of a message; the same whenever it is repeated.</summary>
    public object Command(int number) => new { type = "publish", id = number, channel, @event = "chat", key = $"{publisher}-{number}", data = new { publisher, number, filler = "some words as people write them" } };

    public async Task RunAsync(WireClient client)
    {
        using var window = new SemaphoreSlim(Window);
        using var died = new CancellationTokenSource();
        var sending = SendAsync(client, window, died.Token);
        try
        {
            while (true)
            {
                var frame = await client.ReceiveAsync();
                Assert.Equal("reply", (string?)frame["type"]);
                Assert.True((bool)frame["durable"]!);
                _acknowledged.Enqueue(((int)frame["id"]!, (long)frame["offset"]!, (string)frame["message"]!));
                window.Release();
            }
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or IOException)
        {
            // The kill.
        }
        finally
        {
            await died.CancelAsync();
            await sending;
        }
    }

    private async Task SendAsync(WireClient client, SemaphoreSlim window, CancellationToken died)
    {
        try
        {
            while (true)
            {
                await window.WaitAsync(died);
                LastNumber++;
                await client.SendAsync(Command(LastNumber));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // The kill.
        }
    }
}
