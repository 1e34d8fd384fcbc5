using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Links;

internal sealed partial class PushLink
{
    private static partial class Log
    {
        [LoggerMessage(1910, LogLevel.Warning, "Redis refuses the subscription of {Topic}, which is asked for again: {Reason}")]
        public static partial void Refused(ILogger logger, string topic, string reason);

        [LoggerMessage(1911, LogLevel.Error, "The handler of {Topic} failed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string topic);
    }
}
