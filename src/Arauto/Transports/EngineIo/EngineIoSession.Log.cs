using Microsoft.Extensions.Logging;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    // Without the id, with which a reader of the log could send as the client.
    private static partial class Log
    {
        [LoggerMessage(1250, LogLevel.Debug, "An Engine.IO session over {Transport} from {Address} is open")]
        public static partial void Opened(ILogger logger, string transport, string address);

        [LoggerMessage(1251, LogLevel.Debug, "An Engine.IO session from {Address} is over: {Reason}")]
        public static partial void Closed(ILogger logger, string address, string reason);

        [LoggerMessage(1252, LogLevel.Debug, "An Engine.IO session from {Address} went over to WebSocket")]
        public static partial void Upgraded(ILogger logger, string address);

        [LoggerMessage(1253, LogLevel.Debug, "An Engine.IO session from {Address} does not fetch what is sent; more than {Bytes} bytes wait")]
        public static partial void Slow(ILogger logger, string address, int bytes);

        [LoggerMessage(1254, LogLevel.Error, "The handler of an Engine.IO session failed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
