using Arauto.Stores;
using Arauto.Tests.Connections;

namespace Arauto.Tests.Stores.Redis;

public sealed class RedisHoppingTests(SharedRedis redis) : HoppingPropertyTests, IClassFixture<SharedRedis>
{
    protected override async ValueTask<IStore> OpenStoreAsync()
    {
        var store = redis.CreateStore(TimeProvider.System);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }
}
