using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Redis;

internal sealed partial class NodeDirectory
{
    private static partial class Log
    {
        [LoggerMessage(2310, LogLevel.Debug, "The node's lease could not be renewed: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);

        [LoggerMessage(2311, LogLevel.Warning, "The node's lease had ended; under another one its presence and connections are told again")]
        public static partial void LeaseLapsed(ILogger logger);

        [LoggerMessage(2312, LogLevel.Information, "Leases have ended, and what stood under them is void: {Leases}")]
        public static partial void LeasesEnded(ILogger logger, string leases);

        [LoggerMessage(2313, LogLevel.Debug, "The node's lease could not be ended; it ends by itself: {Reason}")]
        public static partial void LeaseNotEnded(ILogger logger, string reason);

        [LoggerMessage(2314, LogLevel.Error, "What follows from other nodes' leases failed; the lease is renewed on")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);

        [LoggerMessage(2315, LogLevel.Information, "This node or Redis was held up: {Milliseconds} ms between two renewals of the lease; no other node is taken for dead for {Seconds} s")]
        public static partial void HeldUp(ILogger logger, long milliseconds, double seconds);
    }
}
