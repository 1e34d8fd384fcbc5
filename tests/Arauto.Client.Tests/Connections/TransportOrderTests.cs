using Arauto.Client.Connections;
using static Arauto.Client.TransportKind;

namespace Arauto.Client.Tests.Connections;

public sealed class TransportOrderTests
{
    [Fact]
    public void A_round_goes_from_the_best_to_the_one_that_gets_through_everywhere() =>
        Assert.Equal([WebSocket, ServerSentEvents, LongPolling], new TransportOrder(Auto).Round());

    [Theory]
    [InlineData(WebSocket, new[] { WebSocket, ServerSentEvents, LongPolling })]
    [InlineData(ServerSentEvents, new[] { ServerSentEvents, WebSocket, LongPolling })]
    [InlineData(LongPolling, new[] { LongPolling, WebSocket, ServerSentEvents })]
    public void The_last_one_that_worked_comes_first(TransportKind worked, TransportKind[] round)
    {
        var order = new TransportOrder(Auto);
        order.Worked(worked);
        Assert.Equal(round, order.Round());
    }

    [Fact]
    public void Only_better_ones_are_probed_the_best_first()
    {
        var order = new TransportOrder(Auto);
        Assert.Empty(order.BetterThan(WebSocket));
        Assert.Equal([WebSocket], order.BetterThan(ServerSentEvents));
        Assert.Equal([WebSocket, ServerSentEvents], order.BetterThan(LongPolling));
    }

    [Theory]
    [InlineData(WebSocket)]
    [InlineData(ServerSentEvents)]
    [InlineData(LongPolling)]
    public void One_that_was_chosen_is_the_only_one(TransportKind chosen)
    {
        var order = new TransportOrder(chosen);
        order.Worked(chosen);
        Assert.Equal([chosen], order.Round());
        Assert.Empty(order.BetterThan(chosen));
    }
}
