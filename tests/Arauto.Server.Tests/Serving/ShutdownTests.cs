using System.Net;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class ShutdownTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sigterm_asks_clients_to_move_then_closes_those_that_stay_and_exits_0()
    {
        await using var server = await StartAsync(deadlineSeconds: 8);
        await using var goes = await server.ConnectAsync("goes");
        await using var stays = await server.ConnectAsync("stays");
        await goes.ReceiveAsync("connected");
        await stays.ReceiveAsync("connected");
        await server.Process.TerminateAsync();
        Assert.InRange((double)(await goes.ReceiveAsync("move"))["after"]!, 0, 5);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.ReadyAsync()).Status);
        await goes.DisposeAsync();
        var end = await stays.ReadToEndAsync();
        Assert.Contains(end.Frames, frame => (string?)frame["type"] == "move");
        Assert.Equal(1001, end.Code);
        Assert.Equal(0, await server.Process.ExitAsync());
        Assert.Empty(server.Process.Errors);
    }

    [Fact]
    public async Task Sigterm_without_clients_exits_0_at_once()
    {
        await using var server = await StartAsync(deadlineSeconds: 600);
        await server.Process.TerminateAsync();
        Assert.Equal(0, await server.Process.ExitAsync());
    }

    [Fact]
    public async Task A_publish_that_was_answered_during_the_drain_is_there_after_it()
    {
        await using (var server = await StartAsync(deadlineSeconds: 10))
        {
            await using var client = await server.ConnectAsync("service", service: true);
            await client.ReceiveAsync("connected");
            await server.Process.TerminateAsync();
            await client.ReceiveAsync("move");
            var reply = await client.AskAsync(new { type = "publish", channel = "broadcast", @event = "late", data = 1 });
            Assert.Equal("reply", (string?)reply["type"]);
            await client.DisposeAsync();
            Assert.Equal(0, await server.Process.ExitAsync());
        }
        await using var again = await ServerProcess.StartAsync(_folder.Path);
        await using var reader = await again.ConnectAsync("service", service: true);
        var page = await reader.AskAsync(new { type = "history", channel = "broadcast" });
        Assert.Equal("late", (string?)Assert.Single(page["messages"]!.AsArray())!["type"]);
    }

    private Task<ServerProcess> StartAsync(int deadlineSeconds) => ServerProcess.StartAsync(
        _folder.Path, environment: new Dictionary<string, string> { ["ARAUTO_DRAIN__DEADLINE_SECONDS"] = $"{deadlineSeconds}", ["ARAUTO_DRAIN__SPREAD_SECONDS"] = "0" });
}
