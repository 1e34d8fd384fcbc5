using System.Diagnostics;
using System.Text;
using Arauto.Tests.Support;
using Arauto.Tests.Transports.WebSockets;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>Random clients over real sockets for a few seconds: nothing throws, every session ends, and others never notice.</summary>
public class EngineIoFuzzTests : EngineIoTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private static readonly string[] Packets =
        ["", "0", "1", "2", "2probe", "3", "4", "4text", "4\"€\"", "5", "6", "7", "b", "bAQID", "bAQI=", "b=", "\x1e", "x", "4" + new string('y', 300), "4\0", "4\ud83d\ude00"];

    [Fact]
    public async Task Random_clients_never_hurt_the_server_or_another_client()
    {
        var random = Seed.CreateRandom();
        await using var server = await StartAsync(options =>
        {
            options.MaxPayload = 1000;
            options.PingInterval = TimeSpan.FromSeconds(60);
            options.Compression = true;
        });
        var bystander = await server.OpenAsync();
        using var socket = await server.OpenSocketAsync();
        var clock = Stopwatch.StartNew();
        var clients = 0;
        while (clock.Elapsed < Duration)
        {
            var sid = await server.OpenAsync();
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AttackAsync(server, sid, new Random(random.Next()))));
            clients += 6;

            (await server.PostAsync(bystander, "4still here")).IsPayload("ok");
            (await server.GetAsync(bystander)).IsPayload("4still here");
            await socket.SendAsync(ClientFrame.Text("4here too"));
            Assert.Equal("4here too", await socket.ReadTextAsync());
        }
        Assert.True(clients > 50, $"only {clients} clients");
    }

    private static async Task AttackAsync(EngineIoServer server, string sid, Random random)
    {
        using var client = await RawWebSocket.ConnectAsync(server.Port);
        var input = random.Next(4) switch
        {
            0 => Encoding.UTF8.GetBytes(RandomRequest(sid, random)),
            1 => Mutate(random, Encoding.UTF8.GetBytes(RandomRequest(sid, random))),
            _ => [.. Encoding.ASCII.GetBytes(RawWebSocket.Handshake(random.Next(2) == 0 ? "" : "Sec-WebSocket-Extensions: permessage-deflate\r\n", path: RandomPath(sid, random))), .. RandomFrames(random)],
        };
        await client.TrySendAsync(input);
        if (random.Next(2) == 0) client.Reset();
        else if (random.Next(2) == 0) await client.ReadHeadAsync().WaitAsync(TimeSpan.FromMilliseconds(random.Next(1, 50))).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static string RandomPath(string sid, Random random)
    {
        string[] parts =
        [
            Pick(random, "transport=polling", "transport=websocket", "transport=websocket", "transport=abc", "x=1"),
            Pick(random, $"sid={sid}", $"sid={sid}", "sid=", "sid=abc", "y=%00"),
            Pick(random, "EIO=4", "EIO=4", "EIO=3", "EIO=%ff"),
        ];
        random.Shuffle(parts);
        return EngineIoServer.Path + "?" + string.Join('&', parts);
    }

    private static string RandomRequest(string sid, Random random)
    {
        var body = string.Join('\x1e', Enumerable.Range(0, random.Next(5)).Select(_ => Pick(random, Packets)));
        var length = random.Next(8) == 0 ? random.Next(3000) : Encoding.UTF8.GetByteCount(body);
        return $"{Pick(random, "GET", "POST", "POST", "PUT", "HEAD", "OPTIONS")} {RandomPath(sid, random)} HTTP/1.1\r\nHost: localhost\r\n" +
            $"{Pick(random, "Origin: null\r\n", "Origin: http://localhost\r\n", "Content-Type: application/octet-stream\r\n", "")}Content-Length: {length}\r\n\r\n{body}";
    }

    private static byte[] RandomFrames(Random random)
    {
        var bytes = new List<byte>();
        for (var i = random.Next(8); i > 0; i--)
        {
            var packet = ClientFrame.Text(Pick(random, Packets));
            bytes.AddRange(random.Next(6) == 0 ? Mutate(random, packet) : random.Next(6) == 0 ? ClientFrame.Create(0x82, packet) : packet);
        }
        return [.. bytes];
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        for (var i = random.Next(1, 5); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static T Pick<T>(Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
