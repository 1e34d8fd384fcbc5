using Microsoft.Extensions.Logging;

namespace Arauto.Gateways;

internal sealed partial class NamespaceDefinition
{
    private static partial class Log
    {
        [LoggerMessage(2100, LogLevel.Error, "The handler of {Event} in {Namespace} failed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string @event, string @namespace);

        [LoggerMessage(2101, LogLevel.Debug, "The event {Event} in {Namespace} was refused with {Code}: {Reason}")]
        public static partial void EventRefused(ILogger logger, string @event, string @namespace, string code, string reason);
    }
}
