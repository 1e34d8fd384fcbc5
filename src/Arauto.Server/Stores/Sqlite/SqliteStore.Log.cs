namespace Arauto.Server.Stores.Sqlite;

internal sealed partial class SqliteStore
{
    private static partial class Events
    {
        [LoggerMessage(1520, LogLevel.Information, "The store {Path} is open, schema version {Version}")]
        public static partial void Opened(ILogger logger, string path, int version);

        [LoggerMessage(1521, LogLevel.Warning, "What has expired in the store could not be removed; it is tried again at the next sweep: {Reason}")]
        public static partial void SweepFailed(ILogger logger, string reason);
    }
}
