using System.Collections.Concurrent;
using Arauto.Logs.Island;
using Arauto.Tests.Support;

namespace Arauto.Tests.Logs;

public sealed class HomeWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentDictionary<string, bool> _away = new();
    private readonly HomeWatch _watch;
    private int _asked;

    public HomeWatchTests() => _watch = new HomeWatch(channel => channel[..1], AnswersAsync, Patience, _time);

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    [Fact]
    public async Task A_part_is_away_when_it_has_not_answered_for_long_enough_since_a_call_failed_and_the_others_are_not()
    {
        var since = _time.GetUtcNow();
        _away["a"] = true;
        _watch.Failed("a1", _time.GetTimestamp());
        await AskedAsync();
        _time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.Null(_watch.AwaySince("a1"));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal((since, since), (_watch.AwaySince("a1"), _watch.AwaySince("a2")));
        Assert.Null(_watch.AwaySince("b1"));
        Assert.False(_watch.IsWhole);
    }

    [Fact]
    public async Task One_that_answers_is_there_again_and_one_that_answers_and_refuses_was_never_away()
    {
        _away["a"] = true;
        _watch.Failed("a", _time.GetTimestamp());
        await AskedAsync();
        _time.Advance(Patience);
        Assert.NotNull(_watch.AwaySince("a"));
        _away["a"] = false;
        await Eventually.TrueAsync("it is there again", () =>
        {
            _time.Advance(Interval);
            return _watch.AwaySince("a") is null;
        });
        Assert.True(_watch.IsWhole);

        for (var i = 0; i < 3; i++)
        {
            _watch.Failed("b", _time.GetTimestamp());
            await Eventually.TrueAsync("it has answered", () =>
            {
                // If it comes while an answer is being dealt with, it is asked about a while later.
                _time.Advance(Interval);
                return _watch.IsWhole;
            });
            _time.Advance(Patience);
            Assert.Null(_watch.AwaySince("b"));
        }
    }

    private Task AskedAsync() => Eventually.TrueAsync("it is asked again in a while", () => Volatile.Read(ref _asked) > 0 && _time.IsDueIn(Interval));

    private Task<bool> AnswersAsync(string part, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return Task.FromResult(!_away.GetValueOrDefault(part));
    }
}
