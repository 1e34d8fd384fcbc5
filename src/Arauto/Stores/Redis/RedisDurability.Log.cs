using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

internal sealed partial class RedisDurability
{
    private static partial class Log
    {
        [LoggerMessage(2210, LogLevel.Information, "Redis keeps its data on disk (appendonly yes)")]
        public static partial void Durable(ILogger logger);

        [LoggerMessage(2211, LogLevel.Warning, "Redis does not keep what it confirms: set \"appendonly yes\" and \"maxmemory-policy noeviction\"; until then publish results say durable: false")]
        public static partial void NotDurable(ILogger logger);

        [LoggerMessage(2212, LogLevel.Debug, "Whether Redis keeps its data on disk is not known yet: {Reason}")]
        public static partial void NotTold(ILogger logger, string reason);
    }
}
