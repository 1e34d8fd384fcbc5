using Arauto.Logs.Memory;

namespace Arauto.Stores.Memory;

/// <summary>The bounds of a <see cref="MemoryStore"/>.</summary>
public sealed class MemoryStoreOptions
{
    /// <summary>The bounds of the log.</summary>
    public MemoryLogOptions Log { get; } = new();

    /// <summary>The most rooms kept, at least 1. Default: 100000. Over it a new room is refused with <see cref="StoreUnavailableException"/>.</summary>
    public int Rooms { get; set; } = 100_000;

    /// <summary>The most receipts (one per user and channel) kept, at least 1. Default: 1000000. Over it a first receipt is refused with <see cref="StoreUnavailableException"/>.</summary>
    public int Receipts { get; set; } = 1_000_000;

    /// <summary>The most revocations kept, at least 1. Default: 100000. Over it a new one is refused with <see cref="StoreUnavailableException"/>.</summary>
    public int Revocations { get; set; } = 100_000;
}
