using System.Globalization;
using Arauto.Stores;
using Microsoft.Data.Sqlite;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Opens connections to one database file, each with the settings the store relies on.</summary>
internal sealed class SqliteConnector
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    // The WAL goes back to this size after a burst; in between SQLite writes it from its beginning again.
    private const int WalBytes = 64 * 1024 * 1024;

    // Pages in the WAL at which a commit also moves them into the database (32 MB). SQLite's own 1000 are only a few
    // groups when messages are spread over hundreds of channels. Measured with 256 publishers on 256 channels: 1.4 to
    // 2.3 times the appends of the default.
    private const int CheckpointPages = 8000;

    private readonly string _busyTimeout;

    static SqliteConnector() => SQLitePCL.Batteries_V2.Init();

    public SqliteConnector(string path, TimeSpan busyTimeout)
    {
        Path = System.IO.Path.GetFullPath(path);
        _busyTimeout = ((int)busyTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
    }

    public string Path { get; }

    /// <summary>Makes the folder and the empty file if they are missing.</summary>
    /// <remarks>
    /// An existing file is never opened here: closing any descriptor of it would drop the locks that SQLite holds on
    /// it for the whole process (POSIX record locks), and with them the protection against other processes.
    /// </remarks>
    public void CreateFile()
    {
        if (File.Exists(Path)) return;
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerFolder);
            options.UnixCreateMode = OwnerFile;
        }

        try
        {
            using var file = new FileStream(Path, options);
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another process was quicker.
        }
    }

    /// <summary>Opens the connection that writes. A missing file is an error: recreating it would forget the logs silently.</summary>
    /// <exception cref="StoreUnavailableException">The file's system cannot hold a write-ahead log.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWrite);
        try
        {
            using (var journal = connection.CreateCommand())
            {
                journal.CommandText = "PRAGMA journal_mode = WAL";
                if (journal.ExecuteScalar() is not "wal")
                    throw new StoreUnavailableException($"The database {Path} cannot use a write-ahead log: put it on a local file system.");
            }

            Execute(connection, $"PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {WalBytes}; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = {CheckpointPages}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that reads.</summary>
    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadOnly);

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            ForeignKeys = true,

            // Seconds after which the library stops repeating a busy statement, apart from SQLite's own wait below.
            DefaultTimeout = 1,
        }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {_busyTimeout}; PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
