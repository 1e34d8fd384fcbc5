using System.Net.Http.Json;
using Arauto.Rooms;
using Arauto.Stores.Memory;
using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Nodes;

/// <summary>News of revocations and rooms that a node could not hear, or could not tell, takes effect nevertheless.</summary>
public sealed class MissedNewsTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(new MemoryStoreOptions(), TimeProvider.System);
    private readonly Guid _id = Guid.CreateVersion7();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Channel => RoomDirectory.ChannelOf(_id);

    [Fact]
    public async Task Who_was_removed_unheard_loses_the_subscription_and_the_others_keep_theirs()
    {
        await using var cluster = await TestCluster.StartAsync(2, store: () => _store);
        await MakeRoomAsync(isPublic: false);
        await using var mallory = await cluster[1].SubscribedAsync("mallory", Channel);
        await using var carl = await cluster[1].SubscribedAsync("carl", Channel);
        await using var service = await cluster[1].ConnectAsync("service", service: true);
        (await service.SubscribeAsync(Channel)).IsReply();
        // Nobody tells it.
        await _store.Rooms.RemoveMemberAsync(_id, "mallory", Token);

        await cluster.Redis.KillSubscribersAsync();

        Assert.Equal("forbidden", (string?)(await mallory.ReceiveAsync("error"))["code"]);
        (await service.AskAsync(new { type = "publish", channel = Channel, @event = "chat", data = 1 })).IsReply();
        foreach (var client in (WireClient[])[carl, service]) Assert.Equal(1, (int)(await client.ReceiveAsync("chat"))["data"]!);
        Assert.DoesNotContain(await mallory.DrainAsync(), frame => frame.Type() == "chat");
    }

    [Fact]
    public async Task A_room_that_was_deleted_unheard_has_no_subscribers()
    {
        await using var cluster = await TestCluster.StartAsync(2, store: () => _store);
        await MakeRoomAsync(isPublic: true);
        await using var carl = await cluster[1].SubscribedAsync("carl", Channel);
        await _store.Rooms.DeleteAsync(_id, Token);

        await cluster.Redis.KillSubscribersAsync();

        Assert.Equal("unknown_channel", (string?)(await carl.ReceiveAsync("error"))["code"]);
    }

    [Fact]
    public async Task A_revocation_that_could_not_be_told_holds_on_the_others_once_they_can_be_reached()
    {
        await using var cluster = await TestCluster.StartWithStrayerAsync(store: () => _store);
        await using var anna = await cluster[0].ConnectAsync("anna");
        await anna.AskAsync(new { type = "ping" });
        await cluster.CutOffAsync();
        using var service = cluster.Strayer.Client("service", service: true);
        (await service.PostAsJsonAsync("/v1/sessions/revoke", new { user = "anna" }, Token)).EnsureSuccessStatusCode();
        Assert.Equal("pong", (await anna.AskAsync(new { type = "ping" })).Type());

        await cluster.LetBackAsync();

        Assert.Equal(4003, (await anna.ReadToEndAsync()).Code);
    }

    [Fact]
    public async Task A_removal_that_could_not_be_told_holds_on_the_others_once_they_can_be_reached()
    {
        await using var cluster = await TestCluster.StartWithStrayerAsync(store: () => _store);
        await MakeRoomAsync(isPublic: false);
        await using var mallory = await cluster[0].SubscribedAsync("mallory", Channel);
        await cluster.CutOffAsync();
        using var service = cluster.Strayer.Client("service", service: true);
        (await service.DeleteAsync($"/v1/rooms/{_id:D}/members/mallory", Token)).EnsureSuccessStatusCode();
        Assert.DoesNotContain(await mallory.DrainAsync(), frame => frame.Type() == "error");

        await cluster.LetBackAsync();

        Assert.Equal("forbidden", (string?)(await mallory.ReceiveAsync("error"))["code"]);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task MakeRoomAsync(bool isPublic) => Assert.True(await _store.Rooms.TryCreateAsync(
        new Room
        {
            Id = _id,
            IsPublic = isPublic,
            Members = new HashSet<string>(["mallory", "carl"], StringComparer.Ordinal),
            Metadata = "{}"u8.ToArray(),
            CreatedAt = DateTimeOffset.UtcNow,
        },
        Token));
}
