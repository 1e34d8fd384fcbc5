using Arauto.Stores;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>What a failure means: for one statement, for the group, for the connection.</summary>
internal static class SqliteFailure
{
    /// <summary>Whether it comes from the file or the machine, so that every other write of the group would fail as well.</summary>
    public static bool IsOfMedium(Exception failure) => failure is StoreUnavailableException
        or SqliteException
    {
        SqliteErrorCode: SQLITE_FULL or SQLITE_IOERR or SQLITE_BUSY or SQLITE_LOCKED or SQLITE_NOMEM or SQLITE_READONLY
                or SQLITE_CORRUPT or SQLITE_NOTADB or SQLITE_CANTOPEN or SQLITE_PROTOCOL or SQLITE_PERM or SQLITE_INTERRUPT,
    };

    /// <summary>Whether the connection can go on after a rollback. After anything else a new one is opened.</summary>
    public static bool LeavesConnection(Exception failure) =>
        failure is SqliteException { SqliteErrorCode: SQLITE_FULL or SQLITE_BUSY or SQLITE_LOCKED };

    /// <summary>Whether it is another process that has the file now.</summary>
    public static bool IsHeldByOther(StoreUnavailableException failure) => failure.InnerException is SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED };

    /// <summary>The failure as callers of the store know it; a bug stays what it is.</summary>
    public static Exception ToUnavailable(Exception failure, string path) => failure switch
    {
        SqliteException { SqliteErrorCode: SQLITE_FULL } => new StoreUnavailableException($"The disk of {path} is full.", failure),
        SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED } => new StoreUnavailableException($"Another process holds the database {path}.", failure),
        SqliteException { SqliteErrorCode: SQLITE_CORRUPT or SQLITE_NOTADB } => new StoreUnavailableException($"The file {path} is damaged or not a database.", failure),
        SqliteException { SqliteErrorCode: SQLITE_CANTOPEN } => new StoreUnavailableException($"The database {path} cannot be opened: check that it exists and is readable and writable.", failure),
        SqliteException { SqliteErrorCode: SQLITE_READONLY } => new StoreUnavailableException($"The database {path} is not writable.", failure),
        SqliteException => new StoreUnavailableException($"The database {path} refused: {failure.Message}", failure),
        IOException or UnauthorizedAccessException => new StoreUnavailableException($"The database {path} cannot be opened: {failure.Message}", failure),
        _ => failure,
    };
}
