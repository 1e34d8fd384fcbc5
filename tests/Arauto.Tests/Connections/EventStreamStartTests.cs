using Arauto.Hubs;
using Arauto.Protocol.Frames;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>The time in which the channels of a request are being begun: the answer may still become a stream or a refusal, so nothing is said.</summary>
public sealed class EventStreamStartTests
{
    private const string Channel = "public:a";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_in_the_channel_before_the_stream_has_begun_does_not_begin_it()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        using var alice = node.Client("alice");
        using var bob = node.Client("bob");
        var answer = await BeginAsync(store, bob);

        using var typing = await alice.PostAsync($"/v1/channels/{Channel}/typing", null, Cancelled);
        Assert.Equal(204, (int)typing.StatusCode);
        store.Controlled.Release();

        using var response = await answer;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
        Assert.StartsWith("id: ", await reader.ReadLineAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_goes_before_the_stream_has_begun_refuses_it()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartStandingAsync(store);
        using var bob = node.Client("bob");
        var answer = await BeginAsync(store, bob);

        node.Get<Hub>().Connections.Single().Move(new MoveFrame { After = 1, Reason = "draining" });

        using var response = await answer;
        await response.IsErrorAsync(503, "unavailable");
        store.Controlled.Release();
    }

    private static async Task<Task<HttpResponseMessage>> BeginAsync(ControlledStore store, HttpClient client)
    {
        store.Controlled.HoldReads();
        var answer = client.GetAsync($"/events?channels={Channel}&events=true", headers: []);
        await Eventually.TrueAsync("the log is asked where the channel is", () => store.Controlled.Held == 1);
        return answer;
    }
}
