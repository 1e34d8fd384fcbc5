using System.Globalization;
using System.Reflection;
using Arauto.Protocol;
using Arauto.Stores;
using Microsoft.Data.Sqlite;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Brings a database up to date from the numbered files in <c>Schema</c>, all in one transaction.</summary>
internal static class SqliteSchema
{
    private const string Prefix = "Arauto.Server.Stores.Sqlite.Schema.";

    /// <summary>The version this build makes and understands: the highest number among the files.</summary>
    public static int Latest { get; } = Files().Max(file => file.Version);

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="StoreUnavailableException">The database is of a newer version, or not ours.</exception>
    public static void Apply(SqliteConnection connection, string path, DateTimeOffset now)
    {
        // Immediate: of two processes that start together one waits, and then finds the work done.
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = ReadVersion(connection, path);
        if (version > Latest)
            throw new StoreUnavailableException($"The database {path} has schema version {version}, this build knows up to {Latest}: start the newer build, or choose another file.");
        foreach (var (number, name) in Files().Where(file => file.Version > version).OrderBy(file => file.Version))
        {
            Execute(connection, ReadFile(name));
            Execute(connection, "INSERT INTO schema_versions (version, applied_at) VALUES ($1, $2)", (long)number, now.ToUnixTimeMilliseconds());
        }

        Execute(connection, "INSERT INTO meta (key, value) VALUES ('base_epoch', $1) ON CONFLICT DO NOTHING", unchecked((long)Epoch.Create().Value));
        transaction.Commit();
    }

    private static long ReadVersion(SqliteConnection connection, string path)
    {
        if (Query(connection, "SELECT 1 FROM sqlite_master WHERE name = 'schema_versions'") is null)
        {
            if (Query(connection, "SELECT 1 FROM sqlite_master LIMIT 1") is not null)
                throw new StoreUnavailableException($"The database {path} was made by another program: choose another file.");
            Execute(connection, "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)");
        }

        return Query(connection, "SELECT max(version) FROM schema_versions") ?? 0;
    }

    private static IEnumerable<(int Version, string Name)> Files() =>
        from name in typeof(SqliteSchema).Assembly.GetManifestResourceNames()
        where name.StartsWith(Prefix, StringComparison.Ordinal)
        select (int.Parse(name.AsSpan(Prefix.Length, 3), CultureInfo.InvariantCulture), name);

    private static string ReadFile(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static void Execute(SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using var statement = new SqliteStatement(connection, sql, values.Length);
        statement.Execute(values);
    }

    private static long? Query(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.QueryInteger();
    }
}
