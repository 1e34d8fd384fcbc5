namespace Arauto.Server.Serving;

internal sealed partial class ServerApplication
{
    private static partial class Log
    {
        [LoggerMessage(1150, LogLevel.Information, "Listening on {Address}, metrics on {Metrics}, node {Node}, store {Store}")]
        public static partial void Listening(ILogger logger, Uri address, Uri? metrics, string node, string store);
    }
}
