using System.Diagnostics.CodeAnalysis;

namespace Arauto.Server.Configuration;

/// <summary>Which store, and where.</summary>
/// <param name="Kind">The store's kind, which stands before the colon: <c>sqlite</c>, <c>memory</c>; <c>redis</c> is the default beside one.</param>
/// <param name="Path">The file of an SQLite store; otherwise empty.</param>
internal sealed record StoreAddress(string Kind, string Path)
{
    /// <summary>What <see cref="TryParse"/> takes, in words.</summary>
    public const string Allowed = "sqlite:PATH, or memory: to keep nothing over a restart";

    /// <summary>The store in memory.</summary>
    public static StoreAddress Memory { get; } = new("memory", "");

    /// <summary>The Redis that joins the nodes.</summary>
    public static StoreAddress Redis { get; } = new("redis", "");

    /// <summary>An SQLite file.</summary>
    public static StoreAddress Sqlite(string path) => new("sqlite", path);

    /// <summary>Parses <c>sqlite:PATH</c> and <c>memory:</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StoreAddress? address)
    {
        address = text switch
        {
            "memory:" => Memory,
            ['s', 'q', 'l', 'i', 't', 'e', ':', .. { Length: > 0 } path] when !path.StartsWith("//", StringComparison.Ordinal) => Sqlite(path),
            _ => null,
        };
        return address is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => this == Redis ? Kind : $"{Kind}:{Path}";
}
