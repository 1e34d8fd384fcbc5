using Arauto.Logs;
using Arauto.Tests.Logs;

namespace Arauto.Tests.Stores.Redis;

public sealed class RedisChannelLogTests(SharedRedis redis) : ChannelLogConformance, IClassFixture<SharedRedis>
{
    protected override ValueTask<IChannelLog> OpenAsync() => ValueTask.FromResult(redis.CreateStore(Time).Log);

    protected override ValueTask CloseAsync() => ValueTask.CompletedTask;
}
