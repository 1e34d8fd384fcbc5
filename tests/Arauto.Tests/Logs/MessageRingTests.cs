using Arauto.Logs.Memory;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Tests.Support;

namespace Arauto.Tests.Logs;

public sealed class MessageRingTests
{
    [Fact]
    public void It_behaves_like_a_queue_while_it_grows_wraps_and_shrinks()
    {
        var random = Seed.CreateRandom();
        var ring = new MessageRing();
        var expected = new List<long>();
        for (var step = 1L; step <= 5000; step++)
        {
            // It grows for a while, then shrinks for a while.
            if (expected.Count == 0 || random.Next(100) < (step / 500 % 2 == 0 ? 70 : 30))
            {
                ring.Add(Message(step));
                expected.Add(step);
            }
            else
            {
                Assert.Equal(expected[0], ring.RemoveOldest().Position.Offset);
                expected.RemoveAt(0);
            }

            Assert.Equal(expected.Count, ring.Count);
            if (expected.Count > 0) Assert.Equal(expected[^1], ring[ring.Count - 1].Position.Offset);
            if (step % 100 == 0) Assert.Equal(expected, ring.Copy(0, ring.Count).Select(message => message.Position.Offset));
        }

        ring.Clear();
        Assert.Equal(0, ring.Count);
        Assert.Throws<InvalidOperationException>(ring.RemoveOldest);
    }

    private static MessageFrame Message(long offset) => new()
    {
        Event = "e",
        Channel = "c",
        Data = default,
        Timestamp = default,
        Id = default,
        Position = new Position(default, offset),
    };
}
