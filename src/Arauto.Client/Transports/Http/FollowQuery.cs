using System.Text;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>The parameters of a request that follows channels. Pure.</summary>
internal static class FollowQuery
{
    /// <summary>The parameters for these subscriptions.</summary>
    /// <param name="wanted">At least one.</param>
    /// <param name="more">Further parameters; empty for none.</param>
    public static string Of(IReadOnlyList<SubscribeCommand> wanted, string more) => Of(wanted, Since(wanted), more);

    /// <summary>The parameters, all channels from one cursor.</summary>
    public static string Of(IReadOnlyList<SubscribeCommand> wanted, string? since, string more)
    {
        var query = new StringBuilder("channels=").AppendJoin(',', wanted.Select(static command => Uri.EscapeDataString(command.Channel)));
        if (!string.IsNullOrEmpty(since)) query.Append("&since=").Append(since);
        query.Append("&events=true");
        if (more.Length > 0) query.Append('&').Append(more);
        return query.ToString();
    }

    /// <summary>
    /// The distinct cursors. Where two know a channel from two lives of its log, the server takes the one named last; so
    /// those of many channels, which are longer, stand before those of a single one, which came from its newest message.
    /// </summary>
    private static string Since(IReadOnlyList<SubscribeCommand> wanted) => string.Join(',', wanted
        .Where(static command => command.Since is not null)
        .Select(static command => Uri.EscapeDataString(command.Since!))
        .Distinct(StringComparer.Ordinal)
        .OrderByDescending(static text => text.Length));
}
