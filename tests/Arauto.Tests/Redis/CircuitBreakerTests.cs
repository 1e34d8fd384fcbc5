using Arauto.Redis;
using Arauto.Tests.Support;

namespace Arauto.Tests.Redis;

public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(OpenFor, _time);

    [Fact]
    public void It_opens_when_half_of_the_calls_of_ten_seconds_failed()
    {
        for (var i = 0; i < 4; i++) Call(fails: false);
        for (var i = 0; i < 3; i++) Call(fails: true);
        Assert.Equal(CircuitState.Closed, _breaker.State);
        Call(fails: true);
        Assert.Equal(CircuitState.Open, _breaker.State);
        Assert.False(_breaker.TryEnter(out _));
    }

    [Fact]
    public void Few_calls_say_nothing()
    {
        for (var i = 0; i < 7; i++) Call(fails: true);
        Assert.Equal(CircuitState.Closed, _breaker.State);
    }

    [Fact]
    public void Failures_of_another_window_do_not_count()
    {
        for (var i = 0; i < 7; i++) Call(fails: true);
        _time.Advance(TimeSpan.FromSeconds(10.1));
        for (var i = 0; i < 7; i++) Call(fails: true);
        Assert.Equal(CircuitState.Closed, _breaker.State);
    }

    [Fact]
    public void Being_told_that_all_is_well_while_it_is_closed_does_not_shorten_the_window()
    {
        for (var i = 0; i < 7; i++)
        {
            Call(fails: true);
            _time.Advance(TimeSpan.FromMilliseconds(500));
            _breaker.Close();
        }
        Call(fails: true);
        Assert.Equal(CircuitState.Open, _breaker.State);
    }

    [Fact]
    public void One_is_let_through_to_try_and_closes_it_by_its_success()
    {
        Open();
        _time.Advance(OpenFor - TimeSpan.FromMilliseconds(1));
        Assert.False(_breaker.TryEnter(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_breaker.TryEnter(out var trial));
        Assert.Equal(CircuitState.HalfOpen, _breaker.State);
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Succeed(trial);
        Assert.Equal(CircuitState.Closed, _breaker.State);
        Assert.True(_breaker.TryEnter(out _));
    }

    [Fact]
    public void A_trial_that_fails_opens_it_for_as_long_again()
    {
        Open();
        _time.Advance(OpenFor);
        Assert.True(_breaker.TryEnter(out var trial));
        _breaker.Fail(trial);
        Assert.Equal(CircuitState.Open, _breaker.State);
        _time.Advance(OpenFor - TimeSpan.FromMilliseconds(1));
        Assert.False(_breaker.TryEnter(out _));
    }

    [Fact]
    public void A_trial_that_never_tells_is_followed_by_another()
    {
        Open();
        _time.Advance(OpenFor);
        Assert.True(_breaker.TryEnter(out var lost));
        _time.Advance(OpenFor);
        Assert.True(_breaker.TryEnter(out var next));
        _breaker.Succeed(lost);
        Assert.Equal(CircuitState.HalfOpen, _breaker.State);
        _breaker.Succeed(next);
        Assert.Equal(CircuitState.Closed, _breaker.State);
    }

    [Fact]
    public void A_call_from_before_it_opened_neither_closes_it_nor_fails_the_trial()
    {
        Assert.True(_breaker.TryEnter(out var late));
        Assert.True(_breaker.TryEnter(out var later));
        Open();
        _breaker.Succeed(late);
        Assert.Equal(CircuitState.Open, _breaker.State);
        _time.Advance(OpenFor);
        Assert.True(_breaker.TryEnter(out _));
        _breaker.Fail(later);
        _breaker.Succeed(later);
        Assert.Equal(CircuitState.HalfOpen, _breaker.State);
    }

    [Fact]
    public void Whoever_knows_that_all_is_well_closes_it()
    {
        Open();
        _breaker.Close();
        Assert.Equal(CircuitState.Closed, _breaker.State);
        Assert.True(_breaker.TryEnter(out _));
    }

    private void Open()
    {
        while (_breaker.State == CircuitState.Closed) Call(fails: true);
    }

    private void Call(bool fails)
    {
        Assert.True(_breaker.TryEnter(out var period));
        if (fails) _breaker.Fail(period);
        else _breaker.Succeed(period);
    }
}
