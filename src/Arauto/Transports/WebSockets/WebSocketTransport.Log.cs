using Arauto.Protocol;
using Microsoft.Extensions.Logging;

namespace Arauto.Transports.WebSockets;

internal sealed partial class WebSocketTransport
{
    private static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Debug, "The peer is gone: {Reason}")]
        public static partial void PeerGone(ILogger logger, string reason);

        [LoggerMessage(1201, LogLevel.Debug, "The peer broke a rule; closing with {Code}: {Reason}")]
        public static partial void Violation(ILogger logger, CloseCode code, string reason);

        [LoggerMessage(1202, LogLevel.Debug, "The peer did not answer the close frame in time")]
        public static partial void CloseTimedOut(ILogger logger);

        [LoggerMessage(1203, LogLevel.Error, "Handling a message failed")]
        public static partial void ReceiverFailed(ILogger logger, Exception exception);

        [LoggerMessage(1204, LogLevel.Error, "The transport failed")]
        public static partial void TransportFailed(ILogger logger, Exception exception);
    }
}
