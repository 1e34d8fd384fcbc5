using System.CommandLine;
using Arauto.Auth;
using Arauto.Client;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary>The verbs of the command line but <c>serve</c>, and how any verb's outcome becomes an exit code.</summary>
internal static class Verbs
{
    /// <summary>The environment variables of these verbs, which are no settings of the server.</summary>
    public static IReadOnlyCollection<string> EnvironmentVariables { get; } = [ConnectOptions.UrlVariable, ConnectOptions.TokenVariable];

    /// <summary>The verbs, each ready to be added to the root command.</summary>
    /// <param name="terminal">Where they read and write.</param>
    /// <param name="issuerOptions">Options by which <c>token</c> finds the signing key, added to the verb.</param>
    /// <param name="issuer">Makes the issuer for <c>token</c>; a <see cref="UsageException"/> or <see cref="VerbException"/> says why it cannot.</param>
    public static IReadOnlyList<Command> Create(Terminal terminal, IReadOnlyList<Option> issuerOptions, Func<ParseResult, TokenIssuer> issuer) =>
    [
        TokenVerb.Create(terminal, issuerOptions, issuer),
        ListenVerb.Create(terminal),
        PublishVerb.Create(terminal),
        ChatVerb.Create(terminal),
    ];

    /// <summary>Parses and runs a command line. Whatever goes wrong ends with one line on standard error and an exit code of <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(Command root, IReadOnlyList<string> args, Terminal terminal)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors is [var first, ..])
        {
            // For a word that is no verb the library's first complaint is that the verb is missing.
            var message = parsed is { CommandResult.Parent: null, UnmatchedTokens: [var word, ..] } ? $"'{word}' is neither a verb nor an option" : first.Message;
            terminal.Error.WriteLine($"arauto: {TerminalText.Sanitize(message)} (see: arauto {Path(parsed)}--help)");
            return ExitCode.Usage;
        }
        // Verbs handle signals themselves: the library's own handling would end them with 130.
        return await parsed.InvokeAsync(new InvocationConfiguration { Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Gives a verb its body: signals become a cancelled token, expected failures a line and an exit code.</summary>
    public static void SetBody(this Command verb, Terminal terminal, Func<ParseResult, CancellationToken, Task<int>> body) => verb.SetAction(async (parsed, cancellationToken) =>
    {
        using var termination = new Termination();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, termination.Token);
        try
        {
            return await body(parsed, stop.Token);
        }
        catch (UsageException wrong)
        {
            terminal.Error.WriteLine($"arauto: {wrong.Message} (see: arauto {verb.Name} --help)");
            return ExitCode.Usage;
        }
        catch (VerbException failed)
        {
            terminal.Error.WriteLine($"arauto: {failed.Message}");
            return ExitCode.Failed;
        }
        catch (ArautoException refused)
        {
            terminal.Error.WriteLine($"arauto: {StatusLines.Of(refused)}");
            return ExitCode.Failed;
        }
    });

    private static string Path(ParseResult parsed) => parsed.CommandResult.Parent is null ? "" : parsed.CommandResult.Command.Name + " ";
}
