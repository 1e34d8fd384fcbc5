using Arauto.Server.Stores.Sqlite;
using Arauto.Stores;

namespace Arauto.Server.Tests.Stores;

/// <summary>Files of other versions, and files that are none.</summary>
public sealed partial class SqliteStoreTests
{
    [Fact]
    public async Task A_database_of_the_first_version_is_brought_up_to_date_and_keeps_its_messages()
    {
        await using (var store = await OpenAsync()) await AppendAsync(store, "room:a");
        Execute("ALTER TABLE messages DROP COLUMN envelope; DELETE FROM schema_versions WHERE version > 1");

        await using var updated = await OpenAsync();

        Assert.Equal(2, (await AppendAsync(updated, "room:a")).Position.Offset);
        var page = await updated.Log.ReadAfterAsync("room:a", 0, 10, Token);
        Assert.Equal([1L, 2L], page.Messages.Select(message => message.Position.Offset));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_in_one_line()
    {
        await using (await OpenAsync())
        {
        }

        Execute($"INSERT INTO schema_versions VALUES ({SqliteSchema.Latest + 1}, 0)");
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync());
        Assert.Contains($"schema version {SqliteSchema.Latest + 1}", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_database_or_another_programs_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Database)!);
        await File.WriteAllTextAsync(_folder.Database, new string('x', 8192), Token);
        Assert.Contains("not a database", (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync())).Message);

        File.Delete(_folder.Database);
        Execute("CREATE TABLE invoices (id INTEGER)");
        Assert.Contains("another program", (await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync())).Message);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "data"), "in the way", Token);
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await OpenAsync());
        Assert.Contains(_folder.Database, refusal.Message);
    }
}
