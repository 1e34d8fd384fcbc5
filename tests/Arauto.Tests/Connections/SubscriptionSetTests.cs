using Arauto.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

public sealed class SubscriptionSetTests
{
    [Fact]
    public void Behaves_like_a_dictionary_through_growing_and_shrinking()
    {
        var random = Seed.CreateRandom();
        var model = new Dictionary<string, Subscription>();
        var set = new SubscriptionSet();
        for (var step = 0; step < 5000; step++)
        {
            // Four names only, so that sets of none and of one are met often.
            var channel = $"bench:{random.Next(4)}";
            var found = set.TryGet(channel, out var subscription);
            Assert.Equal(model.TryGetValue(channel, out var expected), found);
            Assert.Same(expected, subscription);
            if (!found && random.Next(2) == 0) Add(channel);
            else if (random.Next(2) == 0) Remove(channel);
            Assert.Equal(model.Count, set.Count);
            Assert.Equal(model.Values.ToHashSet(), set.ToArray().ToHashSet());
        }

        void Add(string channel)
        {
            var added = new Subscription(null!, channel, null!);
            model.Add(channel, added);
            set.Add(added);
        }

        void Remove(string channel)
        {
            model.Remove(channel);
            set.Remove(channel);
        }
    }
}
