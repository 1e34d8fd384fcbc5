using Arauto.Protocol.Frames;

namespace Arauto.Receipts;

/// <summary>Keeps each user's delivered and read marks per channel. Marks only rise. Safe for concurrent use; fails only with <see cref="Stores.StoreUnavailableException"/>.</summary>
public interface IReceiptStore
{
    /// <summary>Raises marks; a read mark raises the delivered mark with it.</summary>
    /// <returns>The marks afterwards if one rose, otherwise <see langword="null"/>.</returns>
    ValueTask<Receipt?> RaiseAsync(string channel, string user, long delivered, long read, CancellationToken cancellationToken);

    /// <summary>The marks of a channel, ordered by user, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<Receipt>> ListAsync(string channel, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets a channel's marks.</summary>
    ValueTask ResetAsync(string channel, CancellationToken cancellationToken);
}
