using Arauto.Logs;
using Arauto.Tests.Logs;

namespace Arauto.Tests.Stores.Redis;

public sealed class ClusterChannelLogTests(SharedCluster cluster) : ChannelLogConformance, IClassFixture<SharedCluster>
{
    protected override ValueTask<IChannelLog> OpenAsync() => ValueTask.FromResult(cluster.CreateStore(Time).Log);

    protected override ValueTask CloseAsync() => ValueTask.CompletedTask;
}
