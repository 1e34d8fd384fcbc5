using Arauto.Auth;
using Arauto.Stores;
using Arauto.Stores.Memory;

namespace Arauto.Tests.Stores;

public sealed class MemoryStoreTests : StoreConformance
{
    private readonly MemoryStoreOptions _options = new() { Rooms = 10, Receipts = 4, Revocations = 4 };

    [Fact]
    public async Task Rooms_receipts_and_revocations_beyond_their_bound_are_refused()
    {
        for (var i = 0; i < 10; i++) await Store.Rooms.TryCreateAsync(Room(i, []), Token);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.Rooms.TryCreateAsync(Room(10, []), Token));
        await Store.Rooms.DeleteAsync(Room(3, []).Id, Token);
        Assert.True(await Store.Rooms.TryCreateAsync(Room(10, []), Token));

        for (var i = 0; i < 4; i++) await Store.Receipts.RaiseAsync("room:a", $"u{i}", 1, 1, Token);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.Receipts.RaiseAsync("room:b", "u", 1, 1, Token));
        Assert.NotNull(await Store.Receipts.RaiseAsync("room:a", "u0", 2, 2, Token));
        await Store.Receipts.ResetAsync("room:a", Token);
        Assert.NotNull(await Store.Receipts.RaiseAsync("room:b", "u", 1, 1, Token));

        var now = Time.GetUtcNow();
        for (var i = 0; i < 4; i++) await Store.Revocations.AddAsync(new Revocation($"t{i}", null, now, now.AddHours(1)), Token);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.Revocations.AddAsync(new Revocation("t", null, now, now.AddHours(1)), Token));
    }

    protected override IStore Create() => new MemoryStore(_options, Time);
}
