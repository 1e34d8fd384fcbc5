using Microsoft.Extensions.Logging;

namespace Arauto.Hosting;

internal sealed partial class NodeHost
{
    private static partial class Log
    {
        [LoggerMessage(1800, LogLevel.Information, "Draining: {Connections} connections are asked to move")]
        public static partial void DrainBegins(ILogger logger, int connections);

        [LoggerMessage(1801, LogLevel.Information, "The drain is over; {Connections} connections remain and are closed")]
        public static partial void DrainDeadline(ILogger logger, int connections);

        [LoggerMessage(1802, LogLevel.Warning, "The drain was cut short; {Connections} connections remain")]
        public static partial void DrainCut(ILogger logger, int connections);
    }
}
