using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Clusters;

internal sealed partial class ClusterTopology
{
    private static partial class Log
    {
        [LoggerMessage(1920, LogLevel.Information, "The Cluster has {Masters} masters")]
        public static partial void Known(ILogger logger, int masters);

        [LoggerMessage(1921, LogLevel.Warning, "{Reason}")]
        public static partial void Unknown(ILogger logger, string reason);

        [LoggerMessage(1922, LogLevel.Error, "The slots of the Cluster could not be taken in; they are looked at again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
