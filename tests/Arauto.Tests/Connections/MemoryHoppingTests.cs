using Arauto.Stores;
using Arauto.Stores.Memory;

namespace Arauto.Tests.Connections;

public sealed class MemoryHoppingTests : HoppingPropertyTests
{
    protected override ValueTask<IStore> OpenStoreAsync() => ValueTask.FromResult<IStore>(new MemoryStore(new MemoryStoreOptions(), TimeProvider.System));
}
