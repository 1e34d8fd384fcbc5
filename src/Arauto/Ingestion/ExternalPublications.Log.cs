using Microsoft.Extensions.Logging;

namespace Arauto.Ingestion;

internal sealed partial class ExternalPublications
{
    private static partial class Log
    {
        [LoggerMessage(2350, LogLevel.Warning, "What was published in Redis on {Channel} is not understood and dropped: {Problem}")]
        public static partial void NotUnderstood(ILogger logger, string channel, string problem);

        [LoggerMessage(2351, LogLevel.Error, "A message published in Redis on {Channel} is lost, since {Most} wait already")]
        public static partial void TooMany(ILogger logger, string channel, int most);

        [LoggerMessage(2352, LogLevel.Error, "A message published in Redis on {Channel} is lost: {Reason}")]
        public static partial void Lost(ILogger logger, string channel, string reason);

        [LoggerMessage(2353, LogLevel.Debug, "Whose turn it is to take what other programs publish in Redis cannot be settled now: {Reason}")]
        public static partial void TurnNotKnown(ILogger logger, string reason);
    }
}
