using Arauto.Auth;
using Arauto.Logs;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Receipts;
using Arauto.Rooms;
using Arauto.Stores;
using Arauto.Stores.Memory;

namespace Arauto.Tests.Feeds;

/// <summary>A memory store with a <see cref="ControlledLog"/> in front of its own log or of another.</summary>
internal sealed class ControlledStore : IStore
{
    private readonly MemoryStore _inner = new(new MemoryStoreOptions(), TimeProvider.System);

    public ControlledStore(IChannelLog? log = null)
    {
        Plain = log ?? _inner.Log;
        Controlled = new ControlledLog(Plain);
    }

    public ControlledLog Controlled { get; }

    public string Name => "controlled";

    public IChannelLog Log => Controlled;

    public IRoomStore Rooms => _inner.Rooms;

    public IReceiptStore Receipts => _inner.Receipts;

    public IRevocationStore Revocations => _inner.Revocations;

    /// <summary>The log without the controls.</summary>
    public IChannelLog Plain { get; }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => _inner.OpenAsync(cancellationToken);

    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        if (Controlled.IsAway) throw new StoreUnavailableException("The log is away.");
        await _inner.CheckAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    /// <summary>Appends as another node would, without a hint to this one.</summary>
    /// <returns>The hint that this node did not get.</returns>
    public async Task<SharedFrame> AppendAsync(string channel, Retention retention = default, DateTimeOffset? timestamp = null)
    {
        var id = Guid.CreateVersion7();
        var now = timestamp ?? TimeProvider.System.GetUtcNow();
        var result = await Plain.AppendAsync(
            new AppendRequest { Channel = channel, Event = "n", Data = "1"u8.ToArray(), Timestamp = now, Id = id, CorrelationId = "c", Retention = retention },
            CancellationToken.None);
        return new SharedFrame(new MessageFrame { Event = "n", Channel = channel, Data = "1"u8.ToArray(), Timestamp = now, Id = id, Position = result.Position });
    }
}
