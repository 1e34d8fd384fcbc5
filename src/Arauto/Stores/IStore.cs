using Arauto.Auth;
using Arauto.Logs;
using Arauto.Receipts;
using Arauto.Rooms;

namespace Arauto.Stores;

/// <summary>The home of everything that must outlive a connection: logs, rooms, receipts, revocations.</summary>
/// <remarks>Opened once, before it is given to a node; disposed once, after the node has stopped.</remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>The name in readiness, metrics and logs: <c>sqlite</c>, <c>memory</c>.</summary>
    string Name { get; }

    /// <summary>The logs of durable channels.</summary>
    IChannelLog Log { get; }

    /// <summary>Rooms and their members.</summary>
    IRoomStore Rooms { get; }

    /// <summary>Delivered and read marks.</summary>
    IReceiptStore Receipts { get; }

    /// <summary>Revoked tokens.</summary>
    IRevocationStore Revocations { get; }

    /// <summary>Opens the medium and brings its schema up to date.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be opened; the message says what to do.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Writes or reads something small, to know whether the store can serve.</summary>
    /// <exception cref="StoreUnavailableException">It cannot.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);
}
