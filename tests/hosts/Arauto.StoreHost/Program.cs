using Arauto.Logs;
using Arauto.Server.Stores.Sqlite;
using Arauto.StoreHost;
using Microsoft.Extensions.Logging.Abstractions;

// Appends to the database given as the argument, as fast as it can, until it is killed. Each append is printed after it
// has completed, so whatever is printed must be found afterwards.
const int Publishers = 64;
const int Channels = 5;

await using var store = new SqliteStore(new SqliteStoreOptions { Path = args[0] }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
await store.OpenAsync(CancellationToken.None);
await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(() => PublishAsync($"room:{publisher % Channels}"))));

async Task PublishAsync(string channel)
{
    while (true)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var result = await store.Log.AppendAsync(
            new AppendRequest
            {
                Channel = channel,
                Event = "chat",
                Data = Acknowledgement.CreatePayload(id),
                Timestamp = now,
                Id = id,
                CorrelationId = id.ToString("D"),
                Retention = default,
            },
            CancellationToken.None);
        Console.Out.WriteLine(Acknowledgement.Create(channel, result).ToString());
    }
}
