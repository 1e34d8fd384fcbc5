using Arauto.Stores;
using Arauto.Tests.Connections.Hops;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>
/// Clients that keep losing their connection while others publish, and come back over any transport with the cursor of any
/// other: whatever the moment of the cut, each sees the stored log, without gap, without duplicate and in its order. The
/// suite is the same for every store.
/// </summary>
public abstract class HoppingPropertyTests
{
    private const int HopsPerClient = 120;

    /// <summary>An open store; disposed after the node.</summary>
    protected abstract ValueTask<IStore> OpenStoreAsync();

    [Fact]
    public async Task Every_client_sees_the_stored_log_however_often_it_reconnects()
    {
        var random = Seed.CreateRandom();
        await using var store = await OpenStoreAsync();
        await using var node = await TestNode.StartAsync(
            options =>
            {
                options.Channels["public:"].HistoryMessages = 0;
                // Every poll and every page of history is a request.
                options.Limits.RequestsPerSecond = 0;
            },
            store);
        await HoppingRun.RunAsync(random, _ => node, HopsPerClient, () => false);
    }
}
