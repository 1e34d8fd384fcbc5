using Microsoft.Extensions.Logging;

namespace Arauto.SocketIo;

internal sealed partial class SocketIoSession
{
    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Debug, "A session of {Address} broke a rule and is closed: {Rule}")]
        public static partial void Violation(ILogger logger, string address, string rule);

        [LoggerMessage(2001, LogLevel.Debug, "{Address} may not enter {Namespace}: {Reason}")]
        public static partial void Refused(ILogger logger, string address, string @namespace, string reason);

        [LoggerMessage(2002, LogLevel.Information, "Socket {Socket} of {User} goes on in {Namespace}")]
        public static partial void Recovered(ILogger logger, string socket, string user, string @namespace);

        [LoggerMessage(2003, LogLevel.Error, "A client could not be let into {Namespace}")]
        public static partial void ConnectFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(2004, LogLevel.Debug, "{Address} entered no namespace in time")]
        public static partial void ConnectTimedOut(ILogger logger, string address);
    }
}
