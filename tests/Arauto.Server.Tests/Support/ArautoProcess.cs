using Arauto.Server.CommandLine;

namespace Arauto.Server.Tests.Support;

/// <summary>The built executable, as a user runs it.</summary>
internal static class ArautoProcess
{
    /// <summary>The assembly that <c>./arauto</c> runs.</summary>
    public static string Assembly { get; } = typeof(Verbs).Assembly.Location;

    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Starts a verb in a folder.</summary>
    public static ChildProcess Start(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        ChildProcess.Start(Dotnet, [Assembly, .. arguments], folder, environment);

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)> RunAsync(string folder, params string[] arguments)
    {
        await using var process = Start(folder, arguments);
        process.CloseInput();
        var code = await process.ExitAsync();
        return (code, process.Output, process.Errors);
    }
}
