namespace Arauto.Server.Tests.Stores;

/// <summary>A folder of its own, removed at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("arauto-test-").FullName;

    /// <summary>A database in a folder that does not exist yet.</summary>
    public string Database => System.IO.Path.Combine(Path, "data", "arauto.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
