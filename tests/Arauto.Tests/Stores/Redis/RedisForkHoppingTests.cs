using Arauto.Stores;
using Arauto.Tests.Connections;

namespace Arauto.Tests.Stores.Redis;

/// <summary>Hopping while the logs keep forking without losing anything, as on a Cluster whose slots wander: nobody must notice.</summary>
public sealed class RedisForkHoppingTests(SharedRedis redis) : HoppingPropertyTests, IClassFixture<SharedRedis>, IAsyncDisposable
{
    // Slow enough that nobody is away for the eight epochs that are remembered.
    private static readonly TimeSpan ForkInterval = TimeSpan.FromSeconds(0.5);

    private readonly PeriodicTimer _timer = new(ForkInterval);
    private Task _forking = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _forking;
    }

    protected override async ValueTask<IStore> OpenStoreAsync()
    {
        var prefix = SharedRedis.NextPrefix();
        var store = redis.CreateStore(TimeProvider.System, prefix);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        _forking = ForkAsync(prefix);
        return store;
    }

    private async Task ForkAsync(string prefix)
    {
        for (var turn = 0; await _timer.WaitForNextTickAsync(TestContext.Current.CancellationToken); turn++)
            await redis.Server.CommandAsync("HSET", $"{prefix}arauto:state:{{c:public:hop{turn % 3}}}", "r", $"another {turn}");
    }
}
