using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

internal sealed partial class RedisHealth
{
    private static partial class Log
    {
        [LoggerMessage(2320, LogLevel.Debug, "The canary could not be sent: {Reason}")]
        public static partial void CanaryNotSent(ILogger logger, string reason);

        [LoggerMessage(2321, LogLevel.Information, "The way to the other nodes through Redis works")]
        public static partial void Up(ILogger logger);

        [LoggerMessage(2322, LogLevel.Warning, "The other nodes cannot be told through Redis: {Reason}")]
        public static partial void Down(ILogger logger, string reason);
    }
}
