using Arauto.Auth;
using Arauto.Logs;
using Arauto.Logs.Memory;
using Arauto.Receipts;
using Arauto.Rooms;

namespace Arauto.Stores.Memory;

/// <summary>Keeps everything in memory: for embedders without a data folder. Nothing survives the process.</summary>
public sealed class MemoryStore : IStore
{
    private readonly MemoryChannelLog _log;

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">The bounds; read once.</param>
    /// <param name="time">The clock for retention and keys.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is out of its range.</exception>
    public MemoryStore(MemoryStoreOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rooms, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Receipts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Revocations, 1);
        _log = new MemoryChannelLog(options.Log, time);
        Rooms = new MemoryRoomStore(options.Rooms);
        Receipts = new MemoryReceiptStore(options.Receipts);
        Revocations = new MemoryRevocationStore(options.Revocations);
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public IChannelLog Log => _log;

    /// <inheritdoc/>
    public IRoomStore Rooms { get; }

    /// <inheritdoc/>
    public IReceiptStore Receipts { get; }

    /// <inheritdoc/>
    public IRevocationStore Revocations { get; }

    /// <summary>Does nothing: memory needs no opening.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Does nothing: memory can always serve.</summary>
    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _log.Dispose();
        return ValueTask.CompletedTask;
    }
}
