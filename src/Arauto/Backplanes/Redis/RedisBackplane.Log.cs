using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

internal sealed partial class RedisBackplane
{
    private static partial class Log
    {
        [LoggerMessage(2300, LogLevel.Debug, "A hint of {Channel} could not be published, the other nodes will find the message in the log: {Reason}")]
        public static partial void NotPublished(ILogger logger, string channel, string reason);

        [LoggerMessage(2301, LogLevel.Warning, "{Bytes} bytes on the hints of {Channel} are not understood; is another version of this server on the same Redis, or another program on its channels?")]
        public static partial void NotUnderstood(ILogger logger, string channel, int bytes);
    }
}
