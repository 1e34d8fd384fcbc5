using Arauto.Stores;

namespace Arauto.Tests.Stores.Redis;

public sealed class ClusterStoreConformanceTests(SharedCluster cluster) : StoreConformance, IClassFixture<SharedCluster>
{
    protected override IStore Create() => cluster.CreateStore(Time);
}
