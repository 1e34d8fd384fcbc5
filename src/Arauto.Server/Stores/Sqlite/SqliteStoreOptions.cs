namespace Arauto.Server.Stores.Sqlite;

/// <summary>Where the embedded store lives and what it may hold back.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The database file. It and its folder are made when missing, readable by the owner only.</summary>
    public required string Path { get; init; }

    /// <summary>How long an idempotency key is remembered, above zero. Default: 24 hours.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Writes that may wait for the disk at once, at least 1. Default: 20000. Over it: <see cref="Arauto.Stores.StoreUnavailableException"/> at once.</summary>
    public int PendingWrites { get; init; } = 20_000;

    /// <summary>Bytes of the messages among them, at least 1048576. Default: 134217728. Over it: the same.</summary>
    public long PendingBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Reads that may wait for a connection at once, at least 1. Default: 10000. Over it: the same.</summary>
    public int PendingReads { get; init; } = 10_000;

    /// <summary>How long a write waits for another process that holds the file, above zero. Default: 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
