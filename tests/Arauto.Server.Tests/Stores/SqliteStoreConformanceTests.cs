using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;
using Arauto.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Stores;

public sealed class SqliteStoreConformanceTests : StoreConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override IStore Create() =>
        new SqliteStore(new SqliteStoreOptions { Path = _folder.Database }, Time, NullLogger<SqliteStore>.Instance);

    protected override void Clean() => _folder.Dispose();
}
