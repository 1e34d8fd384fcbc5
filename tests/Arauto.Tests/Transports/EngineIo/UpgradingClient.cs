using System.Collections.Concurrent;
using System.Globalization;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>A client that goes over to WebSocket while it talks, as the official one does: probe while polling goes on, let the GET and the POST end, switch, go on.</summary>
internal sealed class UpgradingClient(EngineIoServer server, string sid, int messages, Random random)
{
    private readonly ConcurrentQueue<string> _pongs = [];
    private int _next;
    private volatile bool _switches;

    /// <summary>What the server said.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    public async Task RunAsync()
    {
        var polling = PollAsync();
        var posting = PostAsync(new Random(random.Next()));
        if (random.Next(3) == 0) await DropAsync();
        await Task.Delay(random.Next(60));
        using var socket = await server.OpenProbeAsync(sid);
        await socket.SendAsync(ClientFrame.Text("2probe"));
        Assert.Equal("3probe", await socket.ReadTextAsync());
        if (random.Next(2) == 0) await Task.Delay(random.Next(150));

        _switches = true;
        await Task.WhenAll(polling, posting);
        await socket.SendAsync(ClientFrame.Text("5"));
        while (_pongs.TryDequeue(out _)) await socket.SendAsync(ClientFrame.Text("3"));
        for (; _next < messages; _next++) await socket.SendAsync(ClientFrame.Text(Message(_next)));
        while (Heard.Count < messages && await socket.ReadTextAsync() is { } packet)
        {
            Hear(packet);
            if (_pongs.TryDequeue(out _)) await socket.SendAsync(ClientFrame.Text("3"));
        }
        // In order: a socket that is closed with a ping unread resets the connection, and what is on its way is lost.
        await socket.SendAsync(ClientFrame.Close(1000));
        await socket.WaitForEndAsync();
    }

    /// <summary>A try that comes to nothing.</summary>
    private async Task DropAsync()
    {
        using var socket = await server.OpenProbeAsync(sid);
        if (random.Next(2) == 0)
        {
            await socket.SendAsync(ClientFrame.Text("2probe"));
            Assert.Equal("3probe", await socket.ReadTextAsync());
        }
        await socket.SendAsync(ClientFrame.Close(1000));
        await socket.WaitForEndAsync();
    }

    private async Task PollAsync()
    {
        while (!_switches)
        {
            var answer = await server.GetAsync(sid);
            Assert.Equal(200, answer.Status);
            foreach (var packet in answer.Body.Split('\x1e')) Hear(packet);
        }
    }

    private async Task PostAsync(Random pace)
    {
        while (!_switches)
        {
            var batch = new List<string>();
            while (_pongs.TryDequeue(out var pong)) batch.Add(pong);
            for (var i = pace.Next(4); i > 0 && _next < messages; i--) batch.Add(Message(_next++));
            if (batch.Count > 0) (await server.PostAsync(sid, string.Join('\x1e', batch))).IsPayload("ok");
            await Task.Delay(pace.Next(8));
        }
    }

    private void Hear(string packet)
    {
        switch (packet)
        {
            case "2":
                _pongs.Enqueue("3");
                break;
            case "6":
                break;
            default:
                Heard.Enqueue(packet);
                break;
        }
    }

    private static string Message(int number) => "4" + number.ToString(CultureInfo.InvariantCulture);
}
