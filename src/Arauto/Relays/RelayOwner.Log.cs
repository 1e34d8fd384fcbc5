using Microsoft.Extensions.Logging;

namespace Arauto.Relays;

internal sealed partial class RelayOwner
{
    private static partial class Log
    {
        [LoggerMessage(1260, LogLevel.Error, "A request that came in on another node failed; its session is closed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
