using Microsoft.Extensions.Logging;

namespace Arauto.Connections;

internal sealed partial class Lane
{
    private static partial class Log
    {
        [LoggerMessage(1400, LogLevel.Error, "Lane {Lane} could not run {Work}")]
        public static partial void WorkFailed(ILogger logger, Exception exception, int lane, string work);

        [LoggerMessage(1401, LogLevel.Error, "Lane {Lane} could not flush connection {Connection}; it is closed")]
        public static partial void FlushFailed(ILogger logger, Exception exception, int lane, string connection);

        [LoggerMessage(1402, LogLevel.Error, "Lane {Lane} could not do what was due on connection {Connection}; it is closed")]
        public static partial void DeadlineFailed(ILogger logger, Exception exception, int lane, string connection);
    }
}
