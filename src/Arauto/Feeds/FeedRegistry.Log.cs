using Microsoft.Extensions.Logging;

namespace Arauto.Feeds;

internal sealed partial class FeedRegistry
{
    private static partial class Log
    {
        [LoggerMessage(1455, LogLevel.Warning, "The feeds could not be compared with the log: {Reason}")]
        public static partial void CompareFailed(ILogger logger, string reason);

        [LoggerMessage(1456, LogLevel.Error, "The feeds could not be compared with the log; the next comparison tries again")]
        public static partial void CompareBroke(ILogger logger, Exception exception);
    }
}
