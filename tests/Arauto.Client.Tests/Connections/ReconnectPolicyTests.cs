using Arauto.Client.Connections;
using Arauto.Client.Tests.Scripting;
using Arauto.Client.Transports;

namespace Arauto.Client.Tests.Connections;

public sealed class ReconnectPolicyTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Random _random = Seed.Create();

    [Theory]
    [InlineData(1000, null)]
    [InlineData(4001, null)]
    [InlineData(4002, null)]
    [InlineData(4003, null)]
    [InlineData(1003, null)]
    [InlineData(1001, 1.0)]
    [InlineData(1006, 1.0)]
    [InlineData(4006, 1.0)]
    [InlineData(4007, 1.0)]
    [InlineData(4999, 1.0)]
    public void Close_code_decides_whether_a_fixed_token_comes_back(int code, double? below)
    {
        var wait = Policy(false).AfterEnd(LinkEnd.Closed(code, null, null));
        if (below is null) Assert.Null(wait);
        else Assert.InRange(wait!.Value.TotalSeconds, 0, below.Value);
    }

    [Theory]
    [InlineData(4001)]
    [InlineData(4002)]
    [InlineData(4003)]
    public void Refused_token_is_no_end_for_a_client_that_can_get_another(int code) =>
        Assert.NotNull(Policy(true).AfterEnd(LinkEnd.Closed(code, null, null)));

    [Theory]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(426, false)]
    [InlineData(429, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    public void Handshake_status_decides_whether_to_come_back(int status, bool comesBack) =>
        Assert.Equal(comesBack, Policy(false).AfterEnd(LinkEnd.HttpRefused("a handshake", status, null)) is not null);

    [Fact]
    public void Move_is_a_lower_bound_with_jitter() =>
        Assert.InRange(Policy(false).AfterEnd(LinkEnd.Moved(TimeSpan.FromSeconds(2.5), "draining"))!.Value.TotalSeconds, 2.5, 3.5);

    [Fact]
    public void Retry_after_is_a_lower_bound_with_jitter()
    {
        var wait = Policy(false).AfterEnd(LinkEnd.HttpRefused("a handshake", 503, TimeSpan.FromSeconds(12)))!.Value;
        Assert.InRange(wait.TotalSeconds, 12, 13);
    }

    [Fact]
    public void Connection_that_held_resets_the_waits_and_one_that_did_not_does_not()
    {
        var policy = new ReconnectPolicy(new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new AlmostOne()), TimeSpan.FromSeconds(10), false, _time);
        Assert.InRange(Lose(policy, 0), 0.9, 1);
        Assert.InRange(Lose(policy, 9), 1.9, 2);
        Assert.InRange(Lose(policy, 9), 3.9, 4);
        Assert.InRange(Lose(policy, 10), 0.9, 1);
    }

    private double Lose(ReconnectPolicy policy, int heldSeconds)
    {
        policy.Opened();
        _time.Advance(TimeSpan.FromSeconds(heldSeconds));
        return policy.AfterEnd(LinkEnd.Lost("cut"))!.Value.TotalSeconds;
    }

    private ReconnectPolicy Policy(bool canRenew) =>
        new(new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), _random), TimeSpan.FromSeconds(10), canRenew, _time);

    private sealed class AlmostOne : Random
    {
        public override double NextDouble() => 0.999;
    }
}
