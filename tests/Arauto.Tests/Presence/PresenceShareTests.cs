using Arauto.Feeds;
using Arauto.Presence;
using Arauto.Protocol.Frames;
using Arauto.Tests.Support;

namespace Arauto.Tests.Presence;

/// <summary>What a node says to the others of its users.</summary>
public sealed class PresenceShareTests
{
    private const string Channel = "public:a";

    [Fact]
    public async Task Everybody_is_said_again_in_slices_until_one_cannot_be_said()
    {
        await using var node = await TestNode.StartAsync();
        var share = new HeldShare();
        using var registry = new PresenceRegistry(node.Get<FeedRegistry>(), share, node.Options, TimeProvider.System);
        for (var i = 0; i < 1200; i++) registry.Join(Channel, $"user{i}", null!);
        share.Holds = true;

        var sharing = registry.ShareAgainAsync(mayBeGone: false);
        Assert.Equal(500, share.Held.Count);
        for (var i = 0; i < 500; i++) share.Held.Dequeue().SetResult(Said);
        await Eventually.TrueAsync("the second slice is said", () => share.Held.Count == 500);
        for (var i = 0; i < 500; i++) share.Held.Dequeue().SetResult(i > 0 ? Said : default);

        Assert.False(await sharing);
        Assert.Empty(share.Held);
    }

    [Fact]
    public async Task What_is_made_up_for_is_what_is_true_by_then()
    {
        await using var node = await TestNode.StartAsync(options => options.Presence.GraceSeconds = 0);
        var share = new HeldShare();
        using var registry = new PresenceRegistry(node.Get<FeedRegistry>(), share, node.Options, TimeProvider.System);
        registry.Join(Channel, "anna", null!);
        registry.Join(Channel, "anna", null!);
        registry.Join(Channel, "bob", null!);
        registry.Leave(Channel, "bob");
        share.Said.Clear();

        await registry.MakeUpAsync([(Channel, "anna"), (Channel, "bob")]);

        Assert.Equal([("anna", 2), ("bob", null)], share.Said);
    }

    private static SharedPlace Said => new(IsSaid: true, WasHere: true, IsElsewhere: false);

    private sealed class HeldShare : IPresenceShare
    {
        public bool Holds { get; set; }

        public Queue<TaskCompletionSource<SharedPlace>> Held { get; } = new();

        public List<(string User, int? Connections)> Said { get; } = [];

        public ValueTask<SharedPlace> SetAsync(string channel, string user, int? connections)
        {
            Said.Add((user, connections));
            if (!Holds) return ValueTask.FromResult(PresenceShareTests.Said);
            var held = new TaskCompletionSource<SharedPlace>(TaskCreationOptions.RunContinuationsAsynchronously);
            Held.Enqueue(held);
            return new ValueTask<SharedPlace>(held.Task);
        }

        public ValueTask<IReadOnlyList<PresentUser>?> ListAsync(string channel, CancellationToken cancellationToken) => new((IReadOnlyList<PresentUser>?)null);
    }
}
