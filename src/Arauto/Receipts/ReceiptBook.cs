using Arauto.Feeds;
using Arauto.Protocol.Frames;
using Arauto.Stores;

namespace Arauto.Receipts;

/// <summary>Raises delivered and read marks and tells the channel. Safe for concurrent use.</summary>
internal sealed class ReceiptBook(IStore store, FeedRegistry feeds)
{
    /// <summary>The most marks listed for one channel.</summary>
    public const int ListLimit = 1000;

    /// <summary>Raises a user's marks; subscribers hear of it if one rose.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="user">Whose marks.</param>
    /// <param name="delivered">The delivered mark; 0 leaves it.</param>
    /// <param name="read">The read mark; 0 leaves it.</param>
    /// <param name="except">The connection that raised them; it is not told.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreUnavailableException">The marks could not be kept.</exception>
    public async ValueTask<Receipt?> RaiseAsync(
        string channel, string user, long delivered, long read, Connections.Connection? except, CancellationToken cancellationToken)
    {
        var receipt = await store.Receipts.RaiseAsync(channel, user, Math.Max(delivered, read), read, cancellationToken).ConfigureAwait(false);
        if (receipt is not null) feeds.PostEphemeral(channel, new ReceiptFrame { Channel = channel, Receipt = receipt }, except);
        return receipt;
    }

    /// <summary>Everybody's marks in a channel.</summary>
    /// <exception cref="StoreUnavailableException">They cannot be read.</exception>
    public ValueTask<IReadOnlyList<Receipt>> ListAsync(string channel, CancellationToken cancellationToken) =>
        store.Receipts.ListAsync(channel, ListLimit, cancellationToken);
}
