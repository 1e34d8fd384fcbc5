using Microsoft.Extensions.Logging;

namespace Arauto.Feeds;

internal sealed partial class Feed
{
    private static partial class Log
    {
        [LoggerMessage(1450, LogLevel.Trace, "Feed of {Channel} read {Count} messages after {Offset} from the log")]
        public static partial void HoleFilled(ILogger logger, string channel, long offset, int count);

        [LoggerMessage(1451, LogLevel.Warning, "Feed of {Channel} could not read the log; it tries again at the next comparison")]
        public static partial void RepairFailed(ILogger logger, Exception exception, string channel);
    }
}
