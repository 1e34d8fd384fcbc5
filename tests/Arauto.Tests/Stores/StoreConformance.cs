using System.Text;
using Arauto.Auth;
using Arauto.Protocol.Frames;
using Arauto.Rooms;
using Arauto.Stores;
using Arauto.Tests.Support;

namespace Arauto.Tests.Stores;

/// <summary>What every store must do with rooms, receipts and revocations. An implementation is a subclass that opens one.</summary>
public abstract class StoreConformance : IAsyncLifetime
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected ManualTimeProvider Time { get; } = new();

    protected IStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Store = Create();
        await Store.OpenAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Clean();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_open_store_passes_its_check() => await Store.CheckAsync(Token);

    [Fact]
    public async Task A_room_is_found_as_it_was_made()
    {
        var room = Room(1, ["bob", "alice"], owner: "alice", metadata: """{"title":"Olá"}""");
        Assert.True(await Store.Rooms.TryCreateAsync(room, Token));
        Equal(room, await Store.Rooms.FindAsync(room.Id, Token));
        Assert.Null(await Store.Rooms.FindAsync(Room(2, []).Id, Token));
    }

    [Fact]
    public async Task A_room_of_a_service_may_be_empty()
    {
        var room = Room(1, [], owner: null, metadata: "");
        Assert.True(await Store.Rooms.TryCreateAsync(room, Token));
        Equal(room, await Store.Rooms.FindAsync(room.Id, Token));
    }

    [Fact]
    public async Task A_second_room_with_the_same_id_changes_nothing()
    {
        var room = Room(1, ["alice"]);
        await Store.Rooms.TryCreateAsync(room, Token);
        Assert.False(await Store.Rooms.TryCreateAsync(Room(1, ["bob"], owner: "bob"), Token));
        Equal(room, await Store.Rooms.FindAsync(room.Id, Token));
        Assert.Empty(await Store.Rooms.ListAsync("bob", null, 10, Token));
    }

    [Fact]
    public async Task An_update_changes_what_is_given()
    {
        var room = Room(1, ["alice"]);
        await Store.Rooms.TryCreateAsync(room, Token);
        var opened = await Store.Rooms.UpdateAsync(room.Id, true, null, Token);
        Equal(Room(1, ["alice"], isPublic: true), opened);
        var described = await Store.Rooms.UpdateAsync(room.Id, null, """{"a":1}"""u8.ToArray(), Token);
        Equal(Room(1, ["alice"], isPublic: true, metadata: """{"a":1}"""), described);
        Equal(described!, await Store.Rooms.FindAsync(room.Id, Token));
        Equal(described!, await Store.Rooms.UpdateAsync(room.Id, null, null, Token));
        Assert.Null(await Store.Rooms.UpdateAsync(Room(2, []).Id, true, null, Token));
    }

    [Fact]
    public async Task Members_come_and_go()
    {
        var id = Room(1, []).Id;
        Assert.Null(await Store.Rooms.AddMemberAsync(id, "bob", Token));
        Assert.Null(await Store.Rooms.RemoveMemberAsync(id, "bob", Token));
        await Store.Rooms.TryCreateAsync(Room(1, ["alice"]), Token);
        Equal(Room(1, ["alice", "bob"]), await Store.Rooms.AddMemberAsync(id, "bob", Token));
        Equal(Room(1, ["alice", "bob"]), await Store.Rooms.AddMemberAsync(id, "bob", Token));
        Equal(Room(1, ["bob"]), await Store.Rooms.RemoveMemberAsync(id, "alice", Token));
        Equal(Room(1, ["bob"]), await Store.Rooms.RemoveMemberAsync(id, "alice", Token));
        Assert.Empty(await Store.Rooms.ListAsync("alice", null, 10, Token));
    }

    [Fact]
    public async Task A_user_sees_the_own_rooms_in_pages_ordered_by_id()
    {
        foreach (var number in new[] { 200, 1, 70000, 3, 2 }) await Store.Rooms.TryCreateAsync(Room(number, ["alice"]), Token);
        await Store.Rooms.TryCreateAsync(Room(4, ["bob"]), Token);
        var first = await Store.Rooms.ListAsync("alice", null, 3, Token);
        Assert.Equal([Room(1, []).Id, Room(2, []).Id, Room(3, []).Id], first.Select(room => room.Id));
        Equal(Room(2, ["alice"]), first[1]);
        var second = await Store.Rooms.ListAsync("alice", first[^1].Id, 3, Token);
        Assert.Equal([Room(200, []).Id, Room(70000, []).Id], second.Select(room => room.Id));
        Assert.Empty(await Store.Rooms.ListAsync("alice", second[^1].Id, 3, Token));
        Assert.Empty(await Store.Rooms.ListAsync("nobody", null, 3, Token));
    }

    [Fact]
    public async Task A_deleted_room_is_gone_for_its_members()
    {
        await Store.Rooms.TryCreateAsync(Room(1, ["alice"]), Token);
        Assert.True(await Store.Rooms.DeleteAsync(Room(1, []).Id, Token));
        Assert.False(await Store.Rooms.DeleteAsync(Room(1, []).Id, Token));
        Assert.Empty(await Store.Rooms.ListAsync("alice", null, 10, Token));
        Assert.True(await Store.Rooms.TryCreateAsync(Room(1, ["bob"]), Token));
        Equal(Room(1, ["bob"]), await Store.Rooms.FindAsync(Room(1, []).Id, Token));
    }

    [Fact]
    public async Task Marks_only_rise_and_read_raises_delivered()
    {
        Assert.Null(await Store.Receipts.RaiseAsync("room:a", "bob", 0, 0, Token));
        Assert.Empty(await Store.Receipts.ListAsync("room:a", 10, Token));
        Assert.Equal(new Receipt("bob", 5, 0), await Store.Receipts.RaiseAsync("room:a", "bob", 5, 0, Token));
        Assert.Null(await Store.Receipts.RaiseAsync("room:a", "bob", 4, 0, Token));
        Assert.Null(await Store.Receipts.RaiseAsync("room:a", "bob", 5, -1, Token));
        Assert.Equal(new Receipt("bob", 5, 3), await Store.Receipts.RaiseAsync("room:a", "bob", 0, 3, Token));
        Assert.Equal(new Receipt("bob", 7, 7), await Store.Receipts.RaiseAsync("room:a", "bob", 0, 7, Token));
        Assert.Equal(new Receipt("bob", 9, 7), await Store.Receipts.RaiseAsync("room:a", "bob", 9, 2, Token));
        Assert.Equal(new Receipt("bob", 9, 7), Assert.Single(await Store.Receipts.ListAsync("room:a", 10, Token)));
    }

    [Fact]
    public async Task Receipts_are_listed_by_user_per_channel_and_reset_with_it()
    {
        foreach (var user in new[] { "carol", "alice", "bob" }) await Store.Receipts.RaiseAsync("room:a", user, 1, 1, Token);
        await Store.Receipts.RaiseAsync("room:b", "dave", 1, 0, Token);
        Assert.Equal(["alice", "bob", "carol"], (await Store.Receipts.ListAsync("room:a", 10, Token)).Select(receipt => receipt.User));
        Assert.Equal(["alice", "bob"], (await Store.Receipts.ListAsync("room:a", 2, Token)).Select(receipt => receipt.User));
        await Store.Receipts.ResetAsync("room:a", Token);
        Assert.Empty(await Store.Receipts.ListAsync("room:a", 10, Token));
        Assert.Single(await Store.Receipts.ListAsync("room:b", 10, Token));
    }

    [Fact]
    public async Task Concurrent_marks_end_at_the_highest()
    {
        await Task.WhenAll(Enumerable.Range(1, 100).Select(mark => Task.Run(() => Store.Receipts.RaiseAsync("room:a", "bob", mark, mark / 2, Token).AsTask(), Token)));
        Assert.Equal(new Receipt("bob", 100, 50), Assert.Single(await Store.Receipts.ListAsync("room:a", 10, Token)));
    }

    [Fact]
    public async Task Revocations_are_kept_until_their_time_and_the_later_one_of_a_user_stays()
    {
        var now = Time.GetUtcNow();
        var token = new Revocation("token-1", null, now, now.AddHours(1));
        var user = new Revocation(null, "alice", now.AddMinutes(5), now.AddHours(2));
        await Store.Revocations.AddAsync(token, Token);
        await Store.Revocations.AddAsync(user, Token);
        await Store.Revocations.AddAsync(user with { IssuedBefore = now }, Token);
        await Store.Revocations.AddAsync(new Revocation(null, "token-1", now, now.AddHours(2)), Token);
        Assert.Equal(3, (await Store.Revocations.LoadAsync(now, Token)).Count);
        Assert.Contains(token, await Store.Revocations.LoadAsync(now, Token));

        var later = await Store.Revocations.LoadAsync(now.AddHours(1), Token);
        Assert.Equal(2, later.Count);
        Assert.Contains(user, later);
        Assert.Empty(await Store.Revocations.LoadAsync(now.AddHours(2), Token));
        Assert.Empty(await Store.Revocations.LoadAsync(now, Token));
    }

    [Fact]
    public async Task A_revocation_names_a_token_or_a_user()
    {
        var now = Time.GetUtcNow();
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.Revocations.AddAsync(new Revocation(null, null, now, now), Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.Revocations.AddAsync(new Revocation("t", "u", now, now), Token));
    }

    protected abstract IStore Create();

    protected virtual void Clean()
    {
    }

    protected Room Room(int number, string[] members, string? owner = "alice", bool isPublic = false, string metadata = "{}") => new()
    {
        Id = new Guid(number, 0, 0, new byte[8]),
        IsPublic = isPublic,
        Owner = owner,
        Members = members.ToHashSet(StringComparer.Ordinal),
        Metadata = Encoding.UTF8.GetBytes(metadata),
        CreatedAt = Time.GetUtcNow(),
    };

    protected static void Equal(Room expected, Room? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal((expected.Id, expected.IsPublic, expected.Owner, expected.CreatedAt), (actual.Id, actual.IsPublic, actual.Owner, actual.CreatedAt));
        Assert.Equal(expected.Members.Order(StringComparer.Ordinal), actual.Members.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Metadata.ToArray(), actual.Metadata.ToArray());
    }
}
