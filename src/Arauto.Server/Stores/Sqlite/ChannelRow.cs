using Arauto.Logs;
using Arauto.Protocol;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>A row of the table <c>channels</c>, as the writer knows it.</summary>
internal sealed class ChannelRow
{
    public required long Id { get; init; }

    /// <summary>The channel; <see langword="null"/> after a reset took the name away.</summary>
    public required string? Name { get; init; }

    public required Epoch Epoch { get; init; }

    public required long Top { get; set; }

    public required long Oldest { get; set; }

    public required Retention Retention { get; set; }

    /// <summary>When the sweep must look at the channel, in milliseconds; at most too early, never too late.</summary>
    public required long? ExpiresAt { get; set; }

    /// <summary>Whether <see cref="Top"/> or <see cref="Oldest"/> differ from the table.</summary>
    public bool BoundsChanged { get; set; }

    /// <summary>Whether <see cref="Retention"/> or <see cref="ExpiresAt"/> differ from the table.</summary>
    public bool RetentionChanged { get; set; }
}
