using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

internal sealed partial class RedisHealth
{
    private static partial class Log
    {
        [LoggerMessage(1920, LogLevel.Debug, "The canary could not be sent: {Reason}")]
        public static partial void CanaryNotSent(ILogger logger, string reason);

        [LoggerMessage(1921, LogLevel.Information, "The way to the other nodes through Redis works")]
        public static partial void Up(ILogger logger);

        [LoggerMessage(1922, LogLevel.Warning, "The other nodes cannot be told through Redis: {Reason}")]
        public static partial void Down(ILogger logger, string reason);
    }
}
