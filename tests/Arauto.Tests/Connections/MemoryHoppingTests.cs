using Arauto.Stores;
using Arauto.Stores.Memory;

namespace Arauto.Tests.Connections;

public sealed class MemoryHoppingTests : HoppingPropertyTests
{
    protected override IStore CreateStore() => new MemoryStore(new MemoryStoreOptions(), TimeProvider.System);
}
