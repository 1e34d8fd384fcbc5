using System.CommandLine;
using Arauto.Client;
using Arauto.Server.CommandLine.Chatting;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary><c>arauto chat</c>: a conversation in a room.</summary>
internal static class ChatVerb
{
    public static Command Create(Terminal terminal)
    {
        var room = new Option<string>("--room") { Description = "A room's UUID, a channel's full name, or a plain name (a public channel of development mode).", HelpName = "R", Required = true };
        var verb = new Command("chat", "Talk in a room.") { room };
        var connect = new ConnectOptions(verb);
        verb.SetBody(terminal, async (parsed, stop) =>
        {
            if (!RoomName.TryToChannel(parsed.GetRequiredValue(room), out var channel)) throw new UsageException("--room must be a UUID, a channel's name, or a plain name without white space, comma and asterisk");
            try
            {
                using var connection = await connect.ReadAsync(parsed, stop);
                await using var client = new ArautoClient(connection.Options);
                using IChatScreen screen = terminal.IsInteractive ? new TerminalScreen(terminal) : new PlainScreen(terminal);
                return await new Chat(client, screen, channel, TimeProvider.System).RunAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return ExitCode.Ok;
            }
        });
        return verb;
    }
}
