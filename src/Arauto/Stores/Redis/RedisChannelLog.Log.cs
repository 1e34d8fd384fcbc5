using Microsoft.Extensions.Logging;

namespace Arauto.Stores.Redis;

internal sealed partial class RedisChannelLog
{
    private static partial class Log
    {
        [LoggerMessage(2200, LogLevel.Error, "The log of {Channel} in Redis is damaged at offset {Offset}: the message is missing or cannot be read. Readers are told of a gap. It is not told again for this channel.")]
        public static partial void Damaged(ILogger logger, string channel, long offset);

        [LoggerMessage(2201, LogLevel.Error, "The state of {Channel} in Redis is damaged: it is no hash, or has no epoch. The channel cannot be used until the key is deleted; it then begins anew.")]
        public static partial void Broken(ILogger logger, string channel);
    }
}
