using Microsoft.Extensions.Logging;

namespace Arauto.Publishing;

internal sealed partial class Publisher
{
    private static partial class Log
    {
        [LoggerMessage(1600, LogLevel.Trace, "Published {MessageId} as {Channel} {Offset}, correlation {CorrelationId}")]
        public static partial void Published(ILogger logger, string channel, Guid messageId, long offset, string correlationId);

        [LoggerMessage(1601, LogLevel.Debug, "A publish on {Channel} repeated {MessageId}, correlation {CorrelationId}")]
        public static partial void Repeated(ILogger logger, string channel, Guid messageId, string correlationId);

        [LoggerMessage(1602, LogLevel.Warning, "A publish on {Channel} was refused, correlation {CorrelationId}: {Reason}")]
        public static partial void LogUnavailable(ILogger logger, string channel, string? correlationId, string reason);
    }
}
