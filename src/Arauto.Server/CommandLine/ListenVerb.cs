using System.CommandLine;
using Arauto.Client;
using Arauto.Protocol;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary><c>arauto listen</c>: one JSON line per message on standard output, everything else on standard error.</summary>
internal static class ListenVerb
{
    public static Command Create(Terminal terminal)
    {
        var channels = new Option<string[]>("--channel") { Description = "A channel to listen to. May be repeated.", HelpName = "C", Required = true };
        var since = new Option<string>("--since") { Description = "A cursor after which to begin; without, from now on.", HelpName = "CURSOR" };
        var count = new Option<int?>("--count") { Description = "End after this many messages.", HelpName = "N" };
        var verb = new Command("listen", "Print the messages of channels, one JSON line each.") { channels, since, count };
        var connect = new ConnectOptions(verb);
        verb.SetBody(terminal, async (parsed, stop) =>
        {
            var names = parsed.GetRequiredValue(channels).Distinct(StringComparer.Ordinal).ToArray();
            foreach (var name in names)
                if (!ChannelName.IsValid(name)) throw new UsageException($"\"{TerminalText.Sanitize(name)}\" is not a channel's name");
            if (parsed.GetValue(count) is < 1) throw new UsageException("--count must be at least 1");
            try
            {
                using var connection = await connect.ReadAsync(parsed, stop);
                await using var client = new ArautoClient(connection.Options);
                ReportTo(terminal.Error, client);
                using var listener = new Listener(client, terminal, parsed.GetValue(count));
                return await listener.RunAsync(names, parsed.GetValue(since), stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return ExitCode.Ok;
            }
        });
        return verb;
    }

    /// <summary>Tells about the connection, subscriptions, gaps and errors, one line each.</summary>
    private static void ReportTo(TextWriter error, ArautoClient client)
    {
        client.StatusChanged += (_, status) =>
        {
            // The end is told by the verb: with its error, or not at all when it was asked for.
            if (status.State != ConnectionState.Closed) error.WriteLine(StatusLines.Of(status));
        };
        client.Subscribed += (_, reply) => error.WriteLine(StatusLines.Of(reply));
        client.Gap += (_, gap) => error.WriteLine(StatusLines.Of(gap));
        client.ErrorReceived += (_, frame) => error.WriteLine(StatusLines.Of(frame));
    }
}
