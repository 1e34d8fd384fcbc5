using Arauto.Logs;
using Arauto.Server.Stores.Sqlite;
using Arauto.Tests.Logs;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Stores;

public sealed class SqliteChannelLogTests : ChannelLogConformance
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStore _store = null!;

    [Fact]
    public async Task A_sweep_leaves_no_row_of_what_has_expired_or_was_reset()
    {
        var retention = new Retention(0, TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(i => AppendAsync("room:a", key: $"k{i}", retention: retention).AsTask()));
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(i => AppendAsync("room:b", key: $"k{i}").AsTask()));
        await Log.ResetAsync("room:b", Token);
        Assert.Equal(3000, await CountAsync("messages"));

        Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync("no message is left", async () => await CountAsync("messages") == 0);
        await Eventually.TrueAsync("the reset channel's first row is gone", async () => await CountAsync("channels") == 2);
        Assert.Equal(3000, await CountAsync("idempotency_keys"));

        Time.Advance(KeyWindow);
        await Eventually.TrueAsync("no key is left", async () => await CountAsync("idempotency_keys") == 0);
        Assert.Equal(1500, (await Log.ReadTopsAsync(["room:a"], Token))[0].Offset);
    }

    [Fact]
    public async Task A_correlation_id_costs_no_bytes_when_it_is_the_message_id()
    {
        await Log.AppendAsync(Request("room:a"), Token);
        await Log.AppendAsync(Request("room:a", correlation: "4bf92f3577b34da6a3ce929d0e0e4736"), Token);
        Assert.Equal(1, await CountAsync("messages WHERE correlation_id IS NULL"));
        Assert.Equal(1, await CountAsync("messages WHERE correlation_id = '4bf92f3577b34da6a3ce929d0e0e4736'"));
    }

    protected override async ValueTask<IChannelLog> OpenAsync()
    {
        _store = new SqliteStore(new SqliteStoreOptions { Path = _folder.Database, IdempotencyWindow = KeyWindow }, Time, NullLogger<SqliteStore>.Instance);
        await _store.OpenAsync(Token);
        return _store.Log;
    }

    protected override async ValueTask CloseAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private ValueTask<long> CountAsync(string rows) =>
        _store.Writer.WriteAsync(session => session.Prepare($"SELECT count(*) FROM {rows}").QueryInteger()!.Value, Token);
}
