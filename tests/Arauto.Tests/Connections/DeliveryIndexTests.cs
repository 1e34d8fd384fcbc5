using Arauto.Connections;
using Arauto.Protocol;

namespace Arauto.Tests.Connections;

/// <summary>The order of a lane's deliveries, from which a socket's places in all channels follow.</summary>
public sealed class DeliveryIndexTests
{
    private static readonly Epoch Life = Epoch.Create();

    [Fact]
    public void What_came_behind_a_message_is_found_with_its_first_place_per_channel()
    {
        var index = new DeliveryIndex();
        foreach (var (channel, offset) in new[] { ("a", 1), ("b", 1), ("a", 2), ("b", 2), ("c", 7), ("b", 3) }) index.Add(channel, At(offset));
        var first = new Dictionary<string, Position>();

        Assert.Equal(DeliverySearch.Found, index.CollectAfter("a", At(2), since: 0, first, out var number));

        Assert.Equal(2, number);
        Assert.Equal([KeyValuePair.Create("b", At(2)), KeyValuePair.Create("c", At(7))], first.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void A_message_from_before_the_beginning_is_not_there()
    {
        var index = new DeliveryIndex();
        index.Add("a", At(1));
        var since = index.Next;
        index.Add("a", At(2));

        Assert.Equal(DeliverySearch.NotThere, index.CollectAfter("a", At(1), since, [], out _));
        Assert.Equal(DeliverySearch.NotThere, index.CollectAfter("z", At(1), since, [], out _));
    }

    [Fact]
    public void At_the_bound_the_oldest_entries_go_and_what_is_not_known_is_said()
    {
        var index = new DeliveryIndex(maxEntries: 1024);
        for (var offset = 1; offset <= 3000; offset++) index.Add("a", At(offset));

        Assert.Equal(DeliverySearch.Forgotten, index.CollectAfter("a", At(1900), since: 0, [], out _));
        Assert.Equal(DeliverySearch.Found, index.CollectAfter("a", At(2000), since: 0, [], out _));
        // Whoever came later is not touched by what was forgotten before.
        Assert.Equal(DeliverySearch.NotThere, index.CollectAfter("a", At(1900), since: 2900, [], out _));
    }

    private static Position At(long offset) => new(Life, offset);
}
