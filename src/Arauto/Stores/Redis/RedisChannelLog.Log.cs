using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

internal sealed partial class RedisChannelLog
{
    private static partial class Log
    {
        [LoggerMessage(2200, LogLevel.Error, "The log of {Channel} in Redis is damaged at offset {Offset}: the message is missing or cannot be read. Readers are told of a gap.")]
        public static partial void Damaged(ILogger logger, string channel, long offset);
    }
}
