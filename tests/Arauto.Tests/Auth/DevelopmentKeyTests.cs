using System.Runtime.Versioning;
using Arauto.Auth;

namespace Arauto.Tests.Auth;

[UnsupportedOSPlatform("windows")]
public sealed class DevelopmentKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("arauto-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Key_is_made_once_and_only_the_owner_reads_it()
    {
        var data = Path.Combine(_folder, "data");
        var key = DevelopmentKey.LoadOrCreate(data);
        Assert.Equal(43, key.Length);
        Assert.Equal(key, DevelopmentKey.LoadOrCreate(data));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, DevelopmentKey.FileName)));
        Assert.Single(Directory.GetFiles(data));
    }

    [Fact]
    public async Task Starters_at_the_same_time_get_the_same_key()
    {
        for (var round = 0; round < 20; round++)
        {
            var data = Path.Combine(_folder, $"{round}");
            using var start = new Barrier(8);
            var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
            {
                Assert.True(start.SignalAndWait(TimeSpan.FromSeconds(20)), "not all starters came");
                return DevelopmentKey.LoadOrCreate(data);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Single(keys.Distinct());
            Assert.Single(Directory.GetFiles(data));
        }
    }

    [Fact]
    public void Wide_permissions_are_narrowed()
    {
        var key = DevelopmentKey.LoadOrCreate(_folder);
        var path = Path.Combine(_folder, DevelopmentKey.FileName);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.Equal(key, DevelopmentKey.LoadOrCreate(_folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Damaged_file_is_told_and_kept()
    {
        File.WriteAllText(Path.Combine(_folder, DevelopmentKey.FileName), "half a k");
        Assert.Contains("delete the file", Assert.Throws<InvalidDataException>(() => DevelopmentKey.LoadOrCreate(_folder)).Message, StringComparison.Ordinal);
    }
}
