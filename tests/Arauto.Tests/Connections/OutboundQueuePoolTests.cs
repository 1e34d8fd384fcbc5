using Arauto.Connections;

namespace Arauto.Tests.Connections;

public sealed class OutboundQueuePoolTests
{
    private const int TicksKept = 20;

    [Fact]
    public void Queues_of_a_large_audience_are_used_again_for_the_next_message()
    {
        var pool = new OutboundQueuePool();
        var first = RentAll(pool, 1000);
        foreach (var queue in first) pool.Return(queue);

        var second = RentAll(pool, 1000);

        Assert.Equal(first.ToHashSet(), second.ToHashSet());
    }

    [Fact]
    public void Queues_that_nobody_takes_are_let_go()
    {
        var pool = new OutboundQueuePool();
        foreach (var queue in RentAll(pool, 1000)) pool.Return(queue);

        for (var tick = 0; tick < 2 * TicksKept; tick++)
        {
            foreach (var queue in RentAll(pool, 10)) pool.Return(queue);
            pool.Tick();
        }

        Assert.Equal(10, pool.Count);
    }

    private static List<OutboundQueue> RentAll(OutboundQueuePool pool, int count) => [.. Enumerable.Range(0, count).Select(_ => pool.Rent())];
}
