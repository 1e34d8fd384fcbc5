namespace Arauto.Tests.Transports;

/// <summary>What a transport must do besides when its client can send.</summary>
public abstract class DuplexTransportConformance : TransportConformance
{
    internal sealed override async Task<TransportPair> ConnectAsync() => await ConnectDuplexAsync();

    /// <summary>Connects a client and hands out both ends.</summary>
    internal abstract Task<DuplexTransportPair> ConnectDuplexAsync();

    [Fact]
    public async Task Messages_reach_the_receiver_in_order()
    {
        await using var pair = await ConnectDuplexAsync();
        for (var i = 0; i < 300; i++)
            await pair.ClientSendAsync($"message {i}");

        await pair.Receiver.WaitForAsync("text message 299");
        var messages = pair.Receiver.Calls.Where(call => call.StartsWith("text", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"text message {i}"), messages);
    }

    [Fact]
    public async Task A_client_that_closes_is_reported_with_its_code()
    {
        await using var pair = await ConnectDuplexAsync();
        await pair.ClientCloseAsync();
        await pair.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("closed 1000", pair.Receiver.Calls[^1]);
        Assert.True(pair.Transport.IsClosed);
    }

    [Fact]
    public async Task The_peer_waits_while_the_receiver_does()
    {
        await using var pair = await ConnectDuplexAsync();
        var gate = new TaskCompletionSource();
        pair.Receiver.OnMessage = (_, _) => new ValueTask(gate.Task);
        await pair.ClientSendAsync("one");
        await pair.ClientSendAsync("two");
        await pair.Receiver.WaitForAsync("text one");
        // Sending goes on meanwhile; its arrival shows that time has passed.
        await new TurnSender(pair).SendAsync("out");
        Assert.Equal("out", await pair.ClientReceiveAsync());
        Assert.DoesNotContain("text two", pair.Receiver.Calls);

        gate.SetResult();
        await pair.Receiver.WaitForAsync("text two");
    }
}
