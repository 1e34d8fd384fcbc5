using Arauto.Auth;
using Arauto.Logs;
using Arauto.Protocol.Frames;
using Arauto.Rooms;
using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Tests.Stores;

public sealed partial class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_folder_and_the_file_are_made_for_the_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        await using var store = await OpenAsync();
        await AppendAsync(store, "room:a");
        const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_folder.Database)!));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_folder.Database)!)) Assert.Equal(OwnerFile, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Reopening_finds_everything()
    {
        var room = new Room
        {
            Id = Guid.CreateVersion7(),
            IsPublic = true,
            Members = new HashSet<string> { "alice" },
            Metadata = "{}"u8.ToArray(),
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var revocation = new Revocation("t", null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        AppendResult first, afterReset;
        LogPage unwritten;
        await using (var store = await OpenAsync())
        {
            first = await AppendAsync(store, "room:a", key: "k");
            await AppendAsync(store, "room:b");
            await store.Log.ResetAsync("room:b", Token);
            afterReset = await AppendAsync(store, "room:b");
            unwritten = await store.Log.ReadAfterAsync("room:none", 0, 1, Token);
            await store.Rooms.TryCreateAsync(room, Token);
            await store.Receipts.RaiseAsync("room:a", "bob", 3, 2, Token);
            await store.Revocations.AddAsync(revocation, Token);
        }

        await using var again = await OpenAsync();
        Assert.Equal(first with { IsDuplicate = true }, await AppendAsync(again, "room:a", key: "k"));
        Assert.Equal(first.MessageId, Assert.Single((await again.Log.ReadAfterAsync("room:a", 0, 10, Token)).Messages).Id);
        Assert.Equal([first.Position, afterReset.Position, new(unwritten.Epoch, 0)], await again.Log.ReadTopsAsync(["room:a", "room:b", "room:none"], Token));
        Assert.Equal(2, (await AppendAsync(again, "room:a")).Position.Offset);
        Assert.Equal(["alice"], (await again.Rooms.FindAsync(room.Id, Token))!.Members);
        Assert.Equal([new Receipt("bob", 3, 2)], await again.Receipts.ListAsync("room:a", 10, Token));
        Assert.Equal([revocation], await again.Revocations.LoadAsync(TimeProvider.System.GetUtcNow(), Token));
    }

    [Fact]
    public async Task Two_stores_on_one_file_share_channels_without_hole_or_duplicate()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();
        var results = (await Task.WhenAll(Enumerable.Range(0, 16).Select(task => Task.Run(
            async () =>
            {
                var mine = new List<AppendResult>();
                for (var i = 0; i < 50; i++) mine.Add(await AppendAsync(task % 2 == 0 ? one : two, "room:a", key: $"{i}"));
                return mine;
            },
            Token)))).SelectMany(mine => mine).ToList();

        // Every key was used by all 16: one effect and sixteen equal answers, whichever store was asked.
        Assert.Equal(50, results.Count(result => !result.IsDuplicate));
        Assert.Equal(50, results.Select(result => (result.MessageId, result.Position)).Distinct().Count());

        var appends = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() => AppendAsync(i % 2 == 0 ? one : two, $"room:{i % 3}").AsTask(), Token)));
        foreach (var store in new[] { one, two })
        {
            for (var i = 0; i < 3; i++)
            {
                var page = await store.Log.ReadAfterAsync($"room:{i}", 0, 1000, Token);
                Assert.Equal(Enumerable.Range(1, page.Messages.Count).Select(offset => (long)offset), page.Messages.Select(message => message.Position.Offset));
                Assert.Equal(400 / 3, page.Messages.Count, tolerance: 1);
            }
        }

        Assert.Equal(400, appends.Select(append => append.MessageId).Distinct().Count());
        await two.Log.ResetAsync("room:a", Token);
        var top = (await two.Log.ReadTopsAsync(["room:a"], Token))[0];
        Assert.Equal(top with { Offset = 1 }, (await AppendAsync(one, "room:a")).Position);
    }

    [Fact]
    public async Task Appends_that_wait_share_a_commit_and_complete_in_the_order_of_their_offsets()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "room:a");
        var before = store.Writer.Commits;
        var completed = new List<long>();
        // The writer is held until all of them wait: one that is done before it is awaited would go on here, out of turn.
        using var hold = new ManualResetEventSlim();
        var held = store.Writer.WriteAsync(
            _ =>
            {
                hold.Wait(Token);
                return true;
            },
            Token).AsTask();
        var appends = Enumerable.Range(0, 2000).Select(async _ =>
        {
            // All continuations run on the one thread that commits, so the list needs no lock.
            var result = await AppendAsync(store, "room:a");
            completed.Add(result.Position.Offset);
        }).ToList();
        hold.Set();
        await held;
        await Task.WhenAll(appends);
        Assert.InRange(store.Writer.Commits - before, 2, 200);
        Assert.Equal(Enumerable.Range(2, 2000).Select(offset => (long)offset), completed);
    }

    [Fact]
    public async Task The_cache_of_tops_survives_the_own_commits()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 50; i++) await AppendAsync(store, "room:a");
        Assert.Equal(0, await store.Writer.WriteAsync(session => session.ForeignWrites, Token));

        await using var other = await OpenAsync();
        await AppendAsync(other, "room:b");
        await AppendAsync(store, "room:a");
        Assert.InRange(await store.Writer.WriteAsync(session => session.ForeignWrites, Token), 1, 2);
    }

    [Fact]
    public async Task A_full_disk_fails_appends_whole_and_heals_without_a_restart()
    {
        await using var store = await OpenAsync();
        var kept = await AppendAsync(store, "room:a");
        await LimitPagesAsync(store, 40);
        var acknowledged = new List<AppendResult> { kept };
        var failed = 0;
        for (var i = 0; i < 20; i++)
        {
            foreach (var append in Enumerable.Range(0, 10).Select(_ => AppendAsync(store, "room:a", data: new byte[2000]).AsTask()).ToList())
            {
                try
                {
                    acknowledged.Add(await append);
                }
                catch (StoreUnavailableException exception)
                {
                    Assert.Contains("full", exception.Message);
                    failed++;
                }
            }
        }

        Assert.InRange(failed, 1, 199);
        Assert.Equal(Ids(acknowledged), await ReadIdsAsync(store, "room:a"));

        await LimitPagesAsync(store, 1_000_000);
        acknowledged.Add(await AppendAsync(store, "room:a", data: new byte[2000]));
        await store.CheckAsync(Token);
        Assert.Equal(acknowledged.Count, acknowledged[^1].Position.Offset);
        Assert.Equal(Ids(acknowledged), await ReadIdsAsync(store, "room:a"));
    }

    [Fact]
    public async Task A_file_system_without_space_does_the_same_and_lets_reads_through()
    {
        using var disk = SmallFileSystem.TryMount(Path.Combine(_folder.Path, "data"), kilobytes: 1024);
        if (disk is null)
        {
            Assert.Skip("Mounting a file system needs root.");
            return;
        }

        await using var store = await OpenAsync();
        var acknowledged = new List<AppendResult>();
        while (acknowledged.Count < 1000)
        {
            try
            {
                acknowledged.Add(await AppendAsync(store, "room:a", data: new byte[2000]));
            }
            catch (StoreUnavailableException)
            {
                break;
            }
        }

        Assert.InRange(acknowledged.Count, 1, 999);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "room:a", data: new byte[100_000]));
        Assert.Equal(Ids(acknowledged), await ReadIdsAsync(store, "room:a"));

        disk.Grow(kilobytes: 65536);
        for (var i = 0; i < 100; i++) acknowledged.Add(await AppendAsync(store, "room:a", data: new byte[2000]));
        Assert.Equal(Ids(acknowledged), await ReadIdsAsync(store, "room:a"));
        Assert.Equal(acknowledged.Count, acknowledged[^1].Position.Offset);
    }

    [Fact]
    public async Task A_write_that_fails_alone_leaves_the_rest_of_its_group()
    {
        await using var store = await OpenAsync();

        // Fails the last statement of an append, when its channel and its message are written already.
        const string Poison = "CREATE TEMP TRIGGER poison BEFORE INSERT ON main.idempotency_keys WHEN NEW.key = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END";
        await store.Writer.WriteAsync(session => session.Prepare(Poison).Execute(), Token);
        var (held, release) = await HoldWriterAsync(store);
        var good = new List<Task<AppendResult>> { AppendAsync(store, "room:a", key: "k").AsTask() };
        var bad = AppendAsync(store, "room:new", key: "poison").AsTask();
        good.Add(AppendAsync(store, "room:a").AsTask());
        good.Add(AppendAsync(store, "room:b").AsTask());
        release.SetResult();
        await held;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => bad);
        var results = await Task.WhenAll(good);
        Assert.Equal([1, 2, 1], results.Select(result => result.Position.Offset));
        Assert.Equal([results[0].MessageId, results[1].MessageId], await ReadIdsAsync(store, "room:a"));
        Assert.Empty(await ReadIdsAsync(store, "room:new"));
        Assert.Equal(1, (await AppendAsync(store, "room:new")).Position.Offset);
    }

    [Fact]
    public async Task At_the_bound_of_the_queue_appends_are_refused_at_once()
    {
        await using var store = await OpenAsync(pendingWrites: 3);
        var (held, release) = await HoldWriterAsync(store);
        var waiting = Enumerable.Range(0, 3).Select(_ => AppendAsync(store, "room:a").AsTask()).ToList();
        var refused = AppendAsync(store, "room:a").AsTask();
        Assert.True(refused.IsFaulted);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => refused);
        release.SetResult();
        await held;
        Assert.Equal([1, 2, 3], (await Task.WhenAll(waiting)).Select(result => result.Position.Offset));
    }

    [Fact]
    public async Task An_append_cancelled_in_the_queue_ends_at_once_and_leaves_no_trace()
    {
        await using var store = await OpenAsync();
        var (held, release) = await HoldWriterAsync(store);
        using var cancel = new CancellationTokenSource();
        var cancelled = store.Log.AppendAsync(Request("room:a"), cancel.Token).AsTask();
        var kept = AppendAsync(store, "room:a").AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        release.SetResult();
        await held;
        Assert.Equal(1, (await kept).Position.Offset);
    }

    [Fact]
    public async Task Another_process_that_holds_the_file_makes_appends_fail_until_it_lets_go()
    {
        await using var store = await OpenAsync(busyTimeout: TimeSpan.FromMilliseconds(50));
        await AppendAsync(store, "room:a");
        using (var other = new SqliteConnection($"Data Source={_folder.Database};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "room:a"));
            Assert.Equal(1, (await store.Log.ReadTopsAsync(["room:a"], Token))[0].Offset);
        }

        Assert.Equal(2, (await AppendAsync(store, "room:a")).Position.Offset);
    }

    [Fact]
    public async Task A_closed_store_refuses_instead_of_hanging()
    {
        var store = await OpenAsync();
        var last = AppendAsync(store, "room:a").AsTask();
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.Equal(1, (await last).Position.Offset);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "room:a"));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Log.ReadTopsAsync(["room:a"], Token));
    }

    private static IEnumerable<Guid> Ids(IEnumerable<AppendResult> results) => results.Select(result => result.MessageId);

    private static async Task<IEnumerable<Guid>> ReadIdsAsync(SqliteStore store, string channel) =>
        (await store.Log.ReadAfterAsync(channel, 0, int.MaxValue, Token)).Messages.Select(message => message.Id);

    private static async Task LimitPagesAsync(SqliteStore store, int pages) => await store.Writer.WriteAsync(
        session => session.Prepare($"PRAGMA max_page_count = {pages}").QueryInteger(), Token);

    // Keeps the writer's thread in a group of its own until it is released, so that what comes meanwhile is one group.
    // Goes on elsewhere than on the writer's thread, where the test may well be after an append: it would hold itself.
    private static async Task<(Task<bool> Held, TaskCompletionSource Release)> HoldWriterAsync(SqliteStore store)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = store.Writer.WriteAsync(
            _ =>
            {
                begun.TrySetResult();
                return release.Task.Wait(TimeSpan.FromSeconds(20));
            },
            Token).AsTask();
        await begun.Task;
        return (held, release);
    }

    private static ValueTask<AppendResult> AppendAsync(SqliteStore store, string channel, string? key = null, byte[]? data = null) =>
        store.Log.AppendAsync(Request(channel, key, data), Token);

    private static AppendRequest Request(string channel, string? key = null, byte[]? data = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        return new AppendRequest
        {
            Channel = channel,
            Event = "chat",
            Data = data ?? "{}"u8.ToArray(),
            Timestamp = now,
            Id = id,
            Key = key,
            CorrelationId = id.ToString("D"),
            Retention = default,
        };
    }

    private async Task<SqliteStore> OpenAsync(int pendingWrites = 20_000, TimeSpan? busyTimeout = null)
    {
        var options = new SqliteStoreOptions
        {
            Path = _folder.Database,
            PendingWrites = pendingWrites,
            BusyTimeout = busyTimeout ?? TimeSpan.FromSeconds(5),
        };
        var store = new SqliteStore(options, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(Token);
        return store;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
