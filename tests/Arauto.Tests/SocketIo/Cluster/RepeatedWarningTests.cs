using Arauto.SocketIo.Cluster;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo.Cluster;

/// <summary>Warnings that come in floods.</summary>
public sealed class RepeatedWarningTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<(string Reason, long Count)> _said = [];

    [Fact]
    public void The_first_is_said_at_once_and_the_others_with_their_number_when_the_interval_ends()
    {
        using var warning = Create();
        warning.Add("first");
        for (var i = 0; i < 100; i++) warning.Add($"later {i}");
        Assert.Equal([("first", 1)], _said);
        _time.Advance(RepeatedWarning.Interval);
        Assert.Equal([("first", 1), ("later 99", 100)], _said);
        warning.Add("still");
        Assert.Equal(2, _said.Count);
        _time.Advance(RepeatedWarning.Interval);
        Assert.Equal(("still", 1), _said[^1]);
    }

    [Fact]
    public void Behind_an_interval_without_any_the_next_is_the_first_again()
    {
        using var warning = Create();
        warning.Add("first");
        _time.Advance(RepeatedWarning.Interval);
        Assert.Single(_said);
        warning.Add("again");
        Assert.Equal([("first", 1), ("again", 1)], _said);
    }

    [Fact]
    public void What_is_held_back_is_said_at_the_end()
    {
        var warning = Create();
        warning.Add("first");
        warning.Add("second");
        warning.Dispose();
        Assert.Equal([("first", 1), ("second", 1)], _said);
        warning.Add("too late");
        _time.Advance(RepeatedWarning.Interval);
        Assert.Equal(2, _said.Count);
    }

    private RepeatedWarning Create() => new(_time, (reason, count) => _said.Add((reason, count)));
}
