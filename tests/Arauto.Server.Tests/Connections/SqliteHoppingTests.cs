using Arauto.Server.Stores.Sqlite;
using Arauto.Server.Tests.Stores;
using Arauto.Stores;
using Arauto.Tests.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Connections;

public sealed class SqliteHoppingTests : HoppingPropertyTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async ValueTask<IStore> OpenStoreAsync()
    {
        var store = new SqliteStore(new SqliteStoreOptions { Path = Path.Combine(_folder.Path, "arauto.db") }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }
}
