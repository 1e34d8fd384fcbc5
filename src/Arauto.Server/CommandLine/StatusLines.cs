using Arauto.Client;
using Arauto.Protocol.Frames;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary>What happens to a connection, in one line each.</summary>
internal static class StatusLines
{
    /// <summary>The connection's state.</summary>
    public static string Of(ConnectionStatus status) => TerminalText.Sanitize(status.State switch
    {
        ConnectionState.Connecting => $"connecting over {NameOf(status.Transport)}{Because(status.Reason)}",
        ConnectionState.Connected => $"connected as {status.User ?? "the token's user"}{(status.Node is null ? "" : $" to {status.Node} ({status.ConnectionId})")} over {NameOf(status.Transport)}",
        ConnectionState.Waiting => $"not connected: {status.Reason?.TrimEnd('.')}; next try in {Seconds(status.RetryAfter)}",
        ConnectionState.Closed => $"closed: {status.Reason}",
        _ => "not connected yet",
    });

    /// <summary>A gap.</summary>
    public static string Of(GapFrame gap)
    {
        var which = (gap.From, gap.To) switch
        {
            (0, 0) => "messages are",
            var (from, to) when from == to => $"message {from} is",
            var (from, to) => $"messages {from} to {to} are",
        };
        return TerminalText.Sanitize($"gap in {gap.Channel}: {which} missing, because {Because(gap.Reason)}");
    }

    /// <summary>A subscription that was accepted.</summary>
    public static string Of(SubscribeReply reply) => TerminalText.Sanitize($"subscribed to {reply.Channel} after {reply.Position.Offset}{(reply.Resumed ? ", nothing missed" : "")}");

    /// <summary>An error of the server.</summary>
    public static string Of(ArautoException error) =>
        TerminalText.Sanitize($"{error.Code}: {error.Message}{(error.RetryAfter is { } after ? $" Try again in {Seconds(after)}." : "")}");

    /// <summary>An error of the server that belongs to no call.</summary>
    public static string Of(ErrorFrame error) => TerminalText.Sanitize($"{error.Code}: {error.Message}");

    private static string Seconds(TimeSpan? time) => $"{time?.TotalSeconds ?? 0:0.0} s";

    private static string NameOf(TransportKind? transport) => transport switch
    {
        TransportKind.ServerSentEvents => "Server-Sent Events",
        TransportKind.LongPolling => "long polling",
        _ => "WebSocket",
    };

    private static string Because(string? reason) => reason is null ? "" : $": {reason.TrimEnd('.')}";

    private static string Because(GapReason reason) => reason switch
    {
        GapReason.Trimmed => "the channel no longer keeps them",
        GapReason.EpochChanged => "the channel's log was reset",
        GapReason.SlowConsumer => "they were not read fast enough",
        GapReason.Conflated => "newer ones replaced them",
        _ => "of an unknown reason",
    };
}
