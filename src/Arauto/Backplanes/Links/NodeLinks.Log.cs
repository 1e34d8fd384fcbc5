using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Links;

internal sealed partial class NodeLinks
{
    private static partial class Log
    {
        [LoggerMessage(2360, LogLevel.Debug, "A link to node {Node} begins")]
        public static partial void Begins(ILogger logger, string node);

        [LoggerMessage(2361, LogLevel.Information, "The link to node {Node} is given up: {Reason}")]
        public static partial void GivenUp(ILogger logger, string node, string reason);

        [LoggerMessage(1523, LogLevel.Debug, "There is no link to node {Node}: {Reason}")]
        public static partial void NotFound(ILogger logger, string node, string reason);

        [LoggerMessage(1522, LogLevel.Debug, "There are {Count} links to other nodes; no more begin")]
        public static partial void Full(ILogger logger, int count);
    }
}
