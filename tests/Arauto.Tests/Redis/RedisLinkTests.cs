using System.Collections.Concurrent;
using System.Net;
using Arauto.Redis;
using Arauto.Redis.Links;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Redis;

/// <summary>The connection of a link while its server becomes another.</summary>
public sealed class RedisLinkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_master_that_lost_its_place_while_it_was_connected_to_is_not_used()
    {
        var heard = new ConcurrentQueue<string>();
        var wakes = new TaskCompletionSource();
        await using var old = new ScriptedRedis(async (_, command) =>
        {
            heard.Enqueue(command[0]);
            if (command[0] == "HELLO") await wakes.Task;
            return false;
        });
        await using var fresh = new ScriptedRedis(async (peer, command) =>
        {
            if (command[0] != "GET") return false;
            await peer.SendAsync("+fresh\r\n");
            return true;
        });
        Assert.True(RedisAddress.TryParse(old.Url, out var address));
        var options = new RedisClientOptions { Address = address!, ConnectTimeout = TimeSpan.FromSeconds(20), CommandTimeout = TimeSpan.FromSeconds(20) };
        var place = new Place { Host = new DnsEndPoint("127.0.0.1", old.Port) };
        await using var link = new CommandLink(place, new RedisConnector(options, TimeProvider.System), options, TimeProvider.System, NullLogger.Instance) { Name = "commands" };
        link.Start();
        await Eventually.TrueAsync("the old one hangs in the middle", () => heard.Contains("HELLO"));
        place.Host = new DnsEndPoint("127.0.0.1", fresh.Port);
        link.MoveTo(place.Host);
        wakes.SetResult();
        await Eventually.TrueAsync("the link is connected", () => link.Trouble is null);
        Assert.Equal("fresh", (await link.ExecuteAsync(new RedisCommand("GET", "who"), Cancellation)).AsString());
        Assert.DoesNotContain("GET", heard);
    }

    private sealed class Place : IServerLocator
    {
        public required DnsEndPoint Host { get; set; }

        public ValueTask<DnsEndPoint> LocateAsync(CancellationToken cancellationToken) => new(Host);

        public void Start(Action<DnsEndPoint> moved)
        {
            // The test says it to the link itself.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
