using Arauto.Protocol.Frames;
using Arauto.Receipts;

namespace Arauto.Stores.Memory;

/// <summary>Receipts in memory, behind one lock.</summary>
internal sealed class MemoryReceiptStore(int capacity) : IReceiptStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, Receipt>> _channels = new(StringComparer.Ordinal);
    private int _count;

    public ValueTask<Receipt?> RaiseAsync(string channel, string user, long delivered, long read, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var old = _channels.GetValueOrDefault(channel)?.GetValueOrDefault(user);
            var raised = new Receipt(user, Math.Max(old?.Delivered ?? 0, Math.Max(delivered, read)), Math.Max(old?.Read ?? 0, read));
            if (raised == (old ?? new Receipt(user, 0, 0))) return ValueTask.FromResult<Receipt?>(null);
            if (old is null && _count++ >= capacity)
            {
                _count--;
                throw new StoreUnavailableException($"The memory store holds its {capacity} receipts; raise its bound.");
            }

            if (!_channels.TryGetValue(channel, out var receipts)) _channels.Add(channel, receipts = new(StringComparer.Ordinal));
            receipts[user] = raised;
            return ValueTask.FromResult<Receipt?>(raised);
        }
    }

    public ValueTask<IReadOnlyList<Receipt>> ListAsync(string channel, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<Receipt>>(
                _channels.TryGetValue(channel, out var receipts) ? [.. receipts.Values.Take(limit)] : []);
        }
    }

    public ValueTask ResetAsync(string channel, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_channels.Remove(channel, out var receipts)) _count -= receipts.Count;
            return ValueTask.CompletedTask;
        }
    }
}
