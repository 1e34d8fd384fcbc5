using Arauto.Protocol;

namespace Arauto.Logs;

/// <summary>Reads on from a position whose epoch may be over.</summary>
internal static class ContinuedReading
{
    /// <summary>Reads the page behind the place that <see cref="LogPage.Resolve"/> of it gives for <paramref name="from"/>.</summary>
    public static async ValueTask<LogPage> ReadOnAsync(this IChannelLog log, string channel, Position from, int limit, CancellationToken cancellationToken)
    {
        var after = from.Offset;
        while (true)
        {
            var page = await log.ReadAfterAsync(channel, after, limit, cancellationToken).ConfigureAwait(false);
            var at = page.Resolve(from).At.Offset;
            if (at >= after && !(page.Messages is [var first, ..] && first.Position.Offset <= at)) return page;
            // It is one place, or ahead of it what was trimmed meanwhile: so this ends.
            after = at;
        }
    }
}
