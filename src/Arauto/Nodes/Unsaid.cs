using System.Collections.Concurrent;
using Arauto.Backplanes.Redis;

namespace Arauto.Nodes;

/// <summary>Of what this node should have said in Redis and could not: what has to be said again. Safe for concurrent use.</summary>
/// <remarks>Only who or what, not the number: said is what is true by then. Bounded: at the bound the node gives its lease up, since saying everything again under another one costs no more.</remarks>
internal sealed class Unsaid<T>(NodeDirectory nodes)
    where T : notnull
{
    private const int Most = 10_000;

    /// <summary>How many are taken at once: more would fill the queue of commands.</summary>
    private const int MaxAtOnce = 500;

    private readonly ConcurrentDictionary<T, byte> _things = new();

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => _things.IsEmpty;

    /// <summary>Adds what could not be said.</summary>
    public void Add(T thing)
    {
        if (_things.TryAdd(thing, 0) && _things.Count > Most) nodes.GiveUpLease();
    }

    /// <summary>Has some said after the other, until there are none or one of them cannot be said.</summary>
    /// <param name="say">Says some; says whether all of them are said. Those that are not were added again.</param>
    public async Task SayAsync(Func<IReadOnlyList<T>, Task<bool>> say)
    {
        while (Take() is { Count: > 0 } some && await say(some).ConfigureAwait(false)) { }
    }

    private List<T> Take() => [.. _things.Keys.Take(MaxAtOnce).Where(thing => _things.TryRemove(thing, out _))];
}
