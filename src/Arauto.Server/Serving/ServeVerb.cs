using System.CommandLine;
using Arauto.Auth;
using Arauto.Server.CommandLine;
using Arauto.Server.CommandLine.Terminals;
using Arauto.Server.Configuration;
using Arauto.Stores;

namespace Arauto.Server.Serving;

/// <summary><c>arauto serve</c>: reads the settings, opens the store, serves until a signal.</summary>
internal static class ServeVerb
{
    /// <summary>Variables that belong to other verbs or to the tests, and are not settings.</summary>
    private static readonly string[] OtherVariables = [.. Verbs.EnvironmentVariables, "ARAUTO_SEED"];

    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var settings = new CommandLineSettings();
        var verb = new Command("serve", "Run the server.");
        settings.AddTo(verb);
        // Not Verbs.SetBody: the host listens to signals itself, because they begin a drain instead of an end.
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await ServeAsync(Read(settings, parsed), terminal, cancellationToken);
                return ExitCode.Ok;
            }
            catch (UsageException wrong)
            {
                terminal.Error.WriteLine($"arauto: {wrong.Message}");
                return ExitCode.Usage;
            }
            catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine($"arauto: {e.Message}");
                return ExitCode.Failed;
            }
        });
        return verb;
    }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="UsageException">One line that says what is wrong with them.</exception>
    public static ServerSettings Read(CommandLineSettings settings, ParseResult parsed)
    {
        try
        {
            return SettingsReader.Read(settings.Read(parsed, OtherVariables));
        }
        catch (SettingsException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    private static async Task ServeAsync(ServerSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        if (settings.Arauto.Development) settings.Auth.JwtSecret = DevelopmentKey.LoadOrCreate(settings.DataFolder);
        await using var server = await ServerApplication.StartAsync(settings, cancellationToken);
        if (settings.Arauto.Development) Banner.Write(terminal, settings, server);
        await server.WaitForShutdownAsync();
    }
}
