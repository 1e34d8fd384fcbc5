using Microsoft.Extensions.Logging;

namespace Arauto.Client;

/// <content>Log messages; event ids 9000 to 9099.</content>
public sealed partial class ArautoClient
{
    private static partial class Log
    {
        [LoggerMessage(9000, LogLevel.Debug, "Connection is {State} over {Transport}; next try in {Seconds} s; {Reason}")]
        public static partial void StateChanged(ILogger logger, ConnectionState state, TransportKind? transport, double seconds, string? reason);

        [LoggerMessage(9001, LogLevel.Warning, "A frame or token was passed over: {Reason}")]
        public static partial void Unreadable(ILogger logger, string reason);

        [LoggerMessage(9002, LogLevel.Error, "A handler of {Event} failed")]
        public static partial void HandlerFailed(ILogger logger, Exception error, string @event);

        [LoggerMessage(9003, LogLevel.Debug, "Publish refused ({Code}); try {Attempt} in {Seconds} s")]
        public static partial void PublishPutOff(ILogger logger, string code, int attempt, double seconds);

        [LoggerMessage(9004, LogLevel.Debug, "Publish goes over HTTP after {Code}")]
        public static partial void PublishOverHttp(ILogger logger, string code);

        [LoggerMessage(9005, LogLevel.Debug, "{Transport} does not get through: {Reason}")]
        public static partial void TransportFailed(ILogger logger, TransportKind transport, string reason);
    }
}
