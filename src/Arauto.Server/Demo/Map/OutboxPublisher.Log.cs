namespace Arauto.Server.Demo.Map;

internal sealed partial class OutboxPublisher
{
    private static partial class Log
    {
        [LoggerMessage(1160, LogLevel.Warning, "The map's changes wait to be published: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(1161, LogLevel.Information, "The map's changes are published again")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(1162, LogLevel.Error, "{Event} of the map's revision {Revision} is refused and left out: {Reason}")]
        public static partial void Refused(ILogger logger, string @event, long revision, string reason);
    }
}
