using Arauto.Tests.Support;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>Clients and server talk all through upgrades at random moments: nothing is lost, doubled or reordered.</summary>
public class EngineIoUpgradePropertyTests : EngineIoTests
{
    private const int Clients = 12;
    private const int Rounds = 5;
    private const int Messages = 80;

    [Fact]
    public async Task Nothing_is_lost_doubled_or_reordered_by_an_upgrade()
    {
        var random = Seed.CreateRandom();
        var conversation = new Conversation(Messages, random.Next());
        await using var server = await StartAsync(options => options.PingInterval = TimeSpan.FromMilliseconds(150), handler: conversation);
        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => TalkAsync(server, conversation, new Random(random.Next()))));
    }

    private static async Task TalkAsync(EngineIoServer server, Conversation conversation, Random random)
    {
        var sid = await server.OpenAsync();
        var talk = conversation.Talks[sid];
        var client = new UpgradingClient(server, sid, Messages, random);
        await client.RunAsync();
        await Eventually.EndsAsync("the server has spoken", talk.Speaking);
        Assert.Equal(Enumerable.Range(0, Messages).Select(number => $"4{number}"), client.Heard);
        // The client's end of the WebSocket is behind all it said.
        await Eventually.TrueAsync("the session is over", () => talk.Heard.Contains("closed transport close"));
        Assert.Equal([.. Enumerable.Range(0, Messages).Select(number => $"{number}"), "closed transport close"], talk.Heard);
    }
}
