using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

internal abstract partial class RedisLink
{
    private static partial class Log
    {
        [LoggerMessage(1900, LogLevel.Information, "{Link} is connected at {Host}:{Port}")]
        public static partial void Connected(ILogger logger, string link, string host, int port);

        [LoggerMessage(1901, LogLevel.Warning, "{Link} is not connected and goes on trying: {Reason}")]
        public static partial void Lost(ILogger logger, string link, string reason);

        [LoggerMessage(1902, LogLevel.Error, "{Link} failed; it connects again")]
        public static partial void Failed(ILogger logger, Exception exception, string link);
    }
}
