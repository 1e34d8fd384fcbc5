using System.Diagnostics;
using System.Text;
using static Arauto.Tests.Transports.WebSockets.ClientFrame;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>Random clients over real sockets for a few seconds: every connection ends, and another client never notices.</summary>
public sealed class WebSocketFuzzTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Random_clients_never_hurt_the_server_or_another_client()
    {
        var random = TestSeed.Create();
        await using var server = await WebSocketServer.StartAsync(echo: true);
        using var bystander = await RawWebSocket.OpenAsync(server.Port);
        var ended = new List<Task>();
        await server.AcceptAsync();

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration)
        {
            if (random.Next(4) == 0)
            {
                using var liar = await RawWebSocket.ConnectAsync(server.Port);
                await liar.TrySendAsync(Mutate(random, Encoding.ASCII.GetBytes(RawWebSocket.Handshake())));
            }
            else
            {
                using var client = await RawWebSocket.OpenAsync(server.Port, random.Next(2) == 0 ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
                ended.Add((await server.AcceptAsync()).Completion);
                await client.TrySendAsync(RandomInput(random));
                if (random.Next(3) == 0) client.Reset();
            }

            await bystander.SendAsync(Text("still here"));
            Assert.Equal("still here", await bystander.ReadTextAsync());
        }

        await Task.WhenAll(ended).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(ended.Count > 20, $"only {ended.Count} clients");
    }

    private static byte[] RandomInput(Random random)
    {
        var bytes = new List<byte>();
        for (var i = random.Next(1, 20); i > 0; i--)
        {
            var payload = new byte[random.Next(20) == 0 ? random.Next(70_000) : random.Next(200)];
            random.NextBytes(payload);
            bytes.AddRange(random.Next(5) switch
            {
                0 => payload,
                1 => Create(random.Next(256), payload.AsSpan(0, Math.Min(payload.Length, 125))),
                2 => Create(Fin | Rsv1 | 2, random.Next(2) == 0 ? payload : Deflate(payload.AsSpan(0, Math.Min(payload.Length, 60_000)))),
                3 => Text(new string('x', payload.Length)),
                _ => Mutate(random, Create(Fin | 2, payload)),
            });
        }

        return [.. bytes];
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        for (var i = random.Next(1, 5); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
