using Microsoft.Extensions.Logging;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private static partial class Log
    {
        // Coming and going at Information: operators follow a user's connections by it (requirement B10).
        [LoggerMessage(EventId = 1000, Message = "Connection {Connection} opened: {Transport} {Protocol} from {Address}, correlation {CorrelationId}")]
        public static partial void Opened(ILogger logger, LogLevel level, string connection, string transport, string protocol, string address, string correlationId);

        [LoggerMessage(EventId = 1001, Message = "Connection {Connection} is user {User}, token {TokenId}")]
        public static partial void Authenticated(ILogger logger, LogLevel level, string connection, string user, string? tokenId);

        [LoggerMessage(EventId = 1002, Message = "Connection {Connection} of {User} closed: {Reason} after {Seconds:0.0} s")]
        public static partial void Closed(ILogger logger, LogLevel level, string connection, string? user, string reason, double seconds);

        [LoggerMessage(1003, LogLevel.Debug, "Connection {Connection} was refused {Command}: {Code} {Reason}")]
        public static partial void Refused(ILogger logger, string connection, string command, string code, string reason);

        [LoggerMessage(1004, LogLevel.Debug, "Connection {Connection} subscribed to {Channel} after {Offset}, resumed {Resumed}")]
        public static partial void Subscribed(ILogger logger, string connection, string channel, long offset, bool resumed);

        [LoggerMessage(1005, LogLevel.Debug, "Connection {Connection} does not read: {Policy} on {Channel}")]
        public static partial void SlowConsumer(ILogger logger, string connection, string policy, string? channel);

        [LoggerMessage(1006, LogLevel.Error, "Connection {Connection} could not run {Command}")]
        public static partial void CommandFailed(ILogger logger, Exception exception, string connection, string command);

        [LoggerMessage(1007, LogLevel.Warning, "Connection {Connection} could not be served from the store: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string connection, string reason);
    }
}
