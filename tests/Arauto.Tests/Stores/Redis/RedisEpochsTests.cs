using System.Globalization;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Redis.Clusters;
using Arauto.Stores.Redis;

namespace Arauto.Tests.Stores.Redis;

public sealed class RedisEpochsTests
{
    private const long Hour = 3_600_000;

    [Theory]
    // A state that lives for 26 hours cannot have come and gone within 25.
    [InlineData("aabbccddee006300", 26 * Hour, "aabbccddee0062e7")]
    [InlineData("aabbccddee006300", 2 * Hour, "aabbccddee0062ff")]
    // One that lives for ever has not gone at all.
    [InlineData("aabbccddee006300", 0, "aabbccddee000000")]
    // After a reset the channel was not empty before.
    [InlineData("aabbccddee800000", 26 * Hour, "aabbccddee800000")]
    public void A_channel_was_whole_in_the_hours_in_which_none_can_have_come_and_gone(string first, long life, string expected) =>
        Assert.Equal(new EpochRange(Epoch(expected), Epoch(first)), RedisEpochs.Beginnings(Epoch(first), life));

    [Fact]
    public void Bases_have_ten_digits_and_drawn_generations_are_none_of_the_hours()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(10, RedisEpochs.DrawBase().Length);
            Assert.InRange(RedisEpochs.DrawGeneration(), 0x800000, 0xffffff);
        }
    }

    [Theory]
    [InlineData("room:a")]
    [InlineData("a}b")]
    [InlineData("doc:å")]
    public void On_a_cluster_the_base_of_a_channel_lies_beside_it(string channel)
    {
        var keys = new RedisKeys("p:", isCluster: true);
        Assert.Equal(HashSlot.Of(keys.State(channel).Bytes.Span), HashSlot.Of(System.Text.Encoding.UTF8.GetBytes(keys.Base(channel))));
    }

    private static Epoch Epoch(string text) => new(ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
