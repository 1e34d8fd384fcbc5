using Microsoft.Extensions.Logging;

namespace Arauto.Ingestion;

internal sealed partial class ExternalPublications
{
    private static partial class Log
    {
        [LoggerMessage(2355, LogLevel.Warning, "What was published in Redis on {Channel} is dropped: it has {Bytes} bytes; at most {Most} are read, and of them limits.messageBytes of data taken")]
        public static partial void TooLarge(ILogger logger, string channel, int bytes, int most);

        [LoggerMessage(2351, LogLevel.Error, "{Count} messages that were published in Redis were not taken by this node and may be lost, since too many wait")]
        public static partial void TooMany(ILogger logger, int count);

        [LoggerMessage(2353, LogLevel.Warning, "The nodes that take what other programs publish in Redis cannot agree now; it is tried again: {Reason}")]
        public static partial void NotSaid(ILogger logger, string reason);

        [LoggerMessage(2356, LogLevel.Error, "Taking what other programs publish in Redis failed; it goes on")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
