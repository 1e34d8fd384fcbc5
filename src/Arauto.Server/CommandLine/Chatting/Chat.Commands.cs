using System.Globalization;
using Arauto.Client;

namespace Arauto.Server.CommandLine.Chatting;

/// <content>Lines that begin with a slash.</content>
internal sealed partial class Chat
{
    private const int MostHistory = 1000;

    private static readonly string[] Help =
    [
        "/who         who is here",
        "/history N   the last N messages again",
        "/quit        leave (also Ctrl+D, Ctrl+C)",
        "//text       says /text",
    ];

    /// <returns><see langword="false"/> to leave.</returns>
    private async Task<bool> RunCommandAsync(string line, CancellationToken stop)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            switch (words)
            {
                case ["/quit"]: return false;
                case ["/who"]: await ShowWhoAsync(stop); break;
                case ["/history"]: await ShowHistoryAsync(FirstMessages, stop); break;
                case ["/history", var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= MostHistory: await ShowHistoryAsync(n, stop); break;
                case ["/history", ..]: screen.WriteLine(ChatLines.Fault($"/history takes a number from 1 to {MostHistory}")); break;
                case ["/help"]:
                    foreach (var text in Help) screen.WriteLine(ChatLines.Notice(text));
                    break;
                case [['/', '/', ..], ..]: await _unsent.Writer.WriteAsync(line[1..], stop); break;
                default: screen.WriteLine(ChatLines.Fault($"there is no {words[0]}; /help for help")); break;
            }
        }
        catch (ArautoException refused)
        {
            screen.WriteLine(ChatLines.Fault(StatusLines.Of(refused)));
        }
        return true;
    }

    private async Task ShowWhoAsync(CancellationToken stop)
    {
        try
        {
            screen.WriteLine(ChatLines.Here(await client.PresenceAsync(channel, stop)));
        }
        catch (ArautoException refused)
        {
            screen.WriteLine(ChatLines.Fault(StatusLines.Of(refused)));
        }
    }

    private async Task ShowHistoryAsync(int count, CancellationToken stop)
    {
        var page = await client.HistoryAsync(channel, limit: count, cancellationToken: stop);
        screen.WriteLine(ChatLines.Notice($"the last {page.Messages.Count} messages:"));
        foreach (var message in page.Messages) screen.WriteLine(ChatLines.Of(message, time.LocalTimeZone));
        screen.WriteLine(ChatLines.Notice("end of the history"));
    }
}
