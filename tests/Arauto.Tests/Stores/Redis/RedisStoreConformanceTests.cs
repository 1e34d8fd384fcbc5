using Arauto.Stores;

namespace Arauto.Tests.Stores.Redis;

public sealed class RedisStoreConformanceTests(SharedRedis redis) : StoreConformance, IClassFixture<SharedRedis>
{
    protected override IStore Create() => redis.CreateStore(Time);
}
