using Arauto.Auth;
using Arauto.Logs;
using Arauto.Receipts;
using Arauto.Rooms;
using Arauto.Stores;
using Arauto.Stores.Memory;

namespace Arauto.Tests.Rooms;

/// <summary>A store whose caller goes away with the first change of a room: what was changed is changed, and whoever passes the caller's token on fails.</summary>
internal sealed class CancellingStore : IStore, IRoomStore
{
    private readonly MemoryStore _inner = new(new MemoryStoreOptions(), TimeProvider.System);

    /// <summary>The caller.</summary>
    public CancellationTokenSource Caller { get; } = new();

    public string Name => "cancelling";

    public IChannelLog Log => _inner.Log;

    public IRoomStore Rooms => this;

    public IReceiptStore Receipts => _inner.Receipts;

    public IRevocationStore Revocations => _inner.Revocations;

    public ValueTask OpenAsync(CancellationToken cancellationToken) => _inner.OpenAsync(cancellationToken);

    public ValueTask CheckAsync(CancellationToken cancellationToken) => _inner.CheckAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        Caller.Dispose();
    }

    public ValueTask<bool> TryCreateAsync(Room room, CancellationToken cancellationToken) => _inner.Rooms.TryCreateAsync(room, cancellationToken);

    public ValueTask<Room?> FindAsync(Guid id, CancellationToken cancellationToken) => _inner.Rooms.FindAsync(id, cancellationToken);

    public ValueTask<Room?> UpdateAsync(Guid id, bool? isPublic, ReadOnlyMemory<byte>? metadata, CancellationToken cancellationToken) =>
        GoneAsync(_inner.Rooms.UpdateAsync(id, isPublic, metadata, cancellationToken), cancellationToken);

    public ValueTask<bool> DeleteAsync(Guid id, CancellationToken cancellationToken) => GoneAsync(_inner.Rooms.DeleteAsync(id, cancellationToken), cancellationToken);

    public ValueTask<Room?> AddMemberAsync(Guid id, string user, CancellationToken cancellationToken) => _inner.Rooms.AddMemberAsync(id, user, cancellationToken);

    public ValueTask<Room?> RemoveMemberAsync(Guid id, string user, CancellationToken cancellationToken) =>
        GoneAsync(_inner.Rooms.RemoveMemberAsync(id, user, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyList<Room>> ListAsync(string user, Guid? after, int limit, CancellationToken cancellationToken) =>
        _inner.Rooms.ListAsync(user, after, limit, cancellationToken);

    private async ValueTask<T> GoneAsync<T>(ValueTask<T> change, CancellationToken cancellationToken)
    {
        var result = await change;
        await Caller.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }
}
