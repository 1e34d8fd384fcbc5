namespace Arauto.Server.Stores.Sqlite;

internal sealed partial class SqliteWriter
{
    private static partial class Log
    {
        [LoggerMessage(1500, LogLevel.Error, "The store takes no writes: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason, Exception exception);

        [LoggerMessage(1501, LogLevel.Information, "The store takes writes again")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(1502, LogLevel.Error, "A write failed alone; the others of its group were written")]
        public static partial void OperationFailed(ILogger logger, Exception exception);

        [LoggerMessage(1503, LogLevel.Trace, "Committed a group of {Count} writes")]
        public static partial void Committed(ILogger logger, int count);
    }
}
