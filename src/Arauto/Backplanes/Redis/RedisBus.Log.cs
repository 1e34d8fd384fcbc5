using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

internal sealed partial class RedisBus
{
    private static partial class Log
    {
        [LoggerMessage(2330, LogLevel.Debug, "A message of kind {Kind} could not be sent to {Node}: {Reason}")]
        public static partial void NotSent(ILogger logger, NodeMessageKind kind, string node, string reason);
    }
}
