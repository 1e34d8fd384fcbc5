using Arauto.Client.Connections;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests.Connections;

public sealed class HeartbeatTests
{
    [Theory]
    [InlineData(0, nameof(HeartbeatAction.None), 30)]
    [InlineData(20, nameof(HeartbeatAction.None), 10)]
    [InlineData(30, nameof(HeartbeatAction.Ping), 30)]
    [InlineData(75, nameof(HeartbeatAction.Ping), 15)]
    [InlineData(90, nameof(HeartbeatAction.GiveUp), 0)]
    public void Silence_leads_to_pings_then_to_the_end(int silence, string action, int next)
    {
        Assert.Equal(action, Of(30, 90).After(TimeSpan.FromSeconds(silence), out var wait).ToString());
        Assert.Equal(TimeSpan.FromSeconds(next), wait);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Senseless_numbers_of_a_server_are_bounded(int interval, int timeout)
    {
        Of(interval, timeout).After(TimeSpan.Zero, out var wait);
        Assert.InRange(wait.TotalSeconds, 1, 3600);
    }

    private static Heartbeat Of(int interval, int timeout) =>
        new(new ConnectedFrame { Connection = "c", User = "u", Node = "n", HeartbeatInterval = interval, HeartbeatTimeout = timeout });
}
