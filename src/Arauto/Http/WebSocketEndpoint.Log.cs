using Microsoft.Extensions.Logging;

namespace Arauto.Http;

internal sealed partial class WebSocketEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(1700, LogLevel.Debug, "A WebSocket handshake was refused: {Code} {Reason}")]
        public static partial void Refused(ILogger logger, string code, string reason);
    }
}
