using Microsoft.Extensions.Logging;

namespace Arauto.SocketIo.Cluster;

internal sealed partial class SocketCluster
{
    private static partial class Log
    {
        [LoggerMessage(2020, LogLevel.Warning, "Other servers of {Namespace} say more than this node can take; {Bytes} bytes are dropped")]
        public static partial void Overrun(ILogger logger, string @namespace, int bytes);

        [LoggerMessage(2021, LogLevel.Warning, "The other servers of {Namespace} were not told: {Reason}")]
        public static partial void NotSent(ILogger logger, string @namespace, string reason);

        [LoggerMessage(2022, LogLevel.Warning, "A message on {Channel} is none of Socket.IO's, or has more than this node takes")]
        public static partial void Malformed(ILogger logger, string channel);

        [LoggerMessage(2023, LogLevel.Debug, "An event of another server in {Namespace} is not delivered: {Reason}")]
        public static partial void NotDelivered(ILogger logger, string @namespace, string reason);

        [LoggerMessage(2024, LogLevel.Warning, "A request of another server in {Namespace} is not answered: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string @namespace, string reason);

        [LoggerMessage(2025, LogLevel.Error, "A request of another server in {Namespace} could not be carried out")]
        public static partial void Failed(ILogger logger, Exception exception, string @namespace);
    }
}
