using Arauto.Protocol.Tests;
using Arauto.Server.Tests.Support;

namespace Arauto.Server.Tests.Packaging;

/// <summary>The repository's packages in a folder, as NuGet takes them, and a cache of its own in which no other build of the same version can hide.</summary>
internal sealed class LocalFeed
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private readonly Dictionary<string, string> _environment;

    private LocalFeed(string folder)
    {
        _folder = folder;
        Packages = Path.Combine(folder, "feed");
        _environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = Path.Combine(folder, "cache"), ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" };
    }

    /// <summary>Where the packages are.</summary>
    public string Packages { get; }

    /// <summary>Packs projects as they were built for the tests, and makes <paramref name="folder"/> one in which applications find them.</summary>
    public static async Task<LocalFeed> PackAsync(string folder, params string[] projects)
    {
        var feed = new LocalFeed(folder);
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        foreach (var project in projects)
            await feed.DotnetAsync("pack", Repository.PathOf("src", project), "--configuration", configuration, "--no-build", "--output", feed.Packages, "--disable-build-servers");
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), feed.Configuration(), TestContext.Current.CancellationToken);
        return feed;
    }

    /// <summary>Runs <c>dotnet</c> in the folder; it must end well.</summary>
    public async Task DotnetAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(ArautoProcess.Dotnet, arguments, _folder, _environment);
        process.CloseInput();
        Assert.True(await process.ExitAsync(Patience) == 0, $"dotnet {string.Join(' ', arguments)}{process.Describe()}");
    }

    /// <summary>Other people's packages were restored with the repository; they are taken from there, so that the test needs no network.</summary>
    private string Configuration()
    {
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="local" value="{Packages}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="restored" value="{restored}" />
              </fallbackPackageFolders>
            </configuration>
            """;
    }
}
