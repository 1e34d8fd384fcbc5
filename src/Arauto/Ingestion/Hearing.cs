using Arauto.Channels;

namespace Arauto.Ingestion;

/// <summary>What this node hears, and whether it counts like the others. Safe for concurrent use.</summary>
/// <param name="intake">Where publications go that have their key.</param>
/// <param name="confirm">Tells the others that all before a beginning has been taken.</param>
/// <param name="time">The clock.</param>
internal sealed class Hearing(PublicationIntake intake, Func<string, Task> confirm, TimeProvider time)
{
    /// <summary>The most that waits until it is known whether another node has taken it.</summary>
    private const int MaxHeld = 10_000;

    /// <summary>The most bytes of that.</summary>
    private const long MaxHeldBytes = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<HeardBefore> _unsettled = new();
    private List<(string Channel, ChannelRule Rule, ReadOnlyMemory<byte> Payload)> _uncounted = [];
    private PublicationCount? _count;
    private HeardBefore? _last;
    private int _heldCount;
    private long _heldBytes;

    /// <summary>Whether this node counts like the others and nothing waits for a decision.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate) return _count is not null && _unsettled.Count == 0;
        }
    }

    /// <summary>How many different publications are remembered since the last beginning.</summary>
    public int Counted
    {
        get
        {
            lock (_gate) return _count?.Size ?? 0;
        }
    }

    /// <summary>The first of which it is not known yet whether another node has taken it; <see langword="null"/> if there is none.</summary>
    public HeardBefore? Unsettled
    {
        get
        {
            lock (_gate) return _unsettled.TryPeek(out var first) ? first : null;
        }
    }

    /// <summary>What was published until now was perhaps not heard: counts from the next beginning.</summary>
    public void Restart()
    {
        lock (_gate) _count = null;
    }

    /// <summary>The connection was lost: what is not counted yet lies before the cut, of which others who begin to count now know nothing.</summary>
    /// <param name="beginning">The last beginning that this node has said, which then lies behind the cut.</param>
    public void CutOff(string beginning)
    {
        lock (_gate)
        {
            if (_uncounted.Count > 0) _unsettled.Enqueue(_last = new HeardBefore(beginning, NameUncounted(beginning), time.GetTimestamp()));
            _uncounted = [];
            _count = null;
        }
    }

    /// <summary>Takes a publication.</summary>
    /// <returns><see langword="false"/> if too many wait, and this one is lost.</returns>
    public bool TryHear(string channel, ChannelRule rule, ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            if (_count is not null) return TryPass(new IntakeStep(new Publication(channel, rule, payload, _count.Next(channel, payload.Span)), null));
            if (!TryHold(payload.Length)) return false;
            _uncounted.Add((channel, rule, payload));
            return true;
        }
    }

    /// <summary>A node has begun to listen: all count from here.</summary>
    /// <param name="name">The beginning's name.</param>
    /// <returns>Whether it is the first that this node hears of since it listens.</returns>
    public bool Begin(string name)
    {
        lock (_gate)
        {
            var isFirst = _count is null;
            // Behind all that it confirms. Where too many wait it is not said, and another may take some a second time.
            if (!isFirst) TryPass(new IntakeStep(null, () => confirm(name)));
            // Also without any: what follows must not overtake what another node still has before it.
            if (isFirst) _unsettled.Enqueue(_last = new HeardBefore(name, NameUncounted(name), time.GetTimestamp()));
            _uncounted = [];
            _count = new PublicationCount(name);
            return isFirst;
        }
    }

    /// <summary>Ends the doubt about <see cref="Unsettled"/>.</summary>
    /// <param name="heard">Which.</param>
    /// <param name="isTaken">Whether another node has taken it.</param>
    /// <returns>How many are lost, since too many wait.</returns>
    public int Settle(HeardBefore heard, bool isTaken)
    {
        lock (_gate)
        {
            _unsettled.Dequeue();
            if (_last == heard) _last = null;
            var steps = heard.Publications.Select(publication => new IntakeStep(publication, null)).Where(_ => !isTaken).Concat(heard.Behind);
            var lost = steps.Count(step => !intake.TryAdd(step));
            _heldCount -= heard.Publications.Count + heard.Behind.Count;
            _heldBytes -= heard.Publications.Sum(publication => (long)publication.Payload.Length) + heard.Behind.Sum(step => (long)step.Bytes);
            return lost;
        }
    }

    /// <summary>To the intake, or behind what has to go there first.</summary>
    private bool TryPass(IntakeStep step)
    {
        if (_last is null) return intake.TryAdd(step);
        if (!TryHold(step.Bytes)) return false;
        _last.Behind.Add(step);
        return true;
    }

    private bool TryHold(int bytes)
    {
        if (_heldCount == MaxHeld || _heldBytes + bytes > MaxHeldBytes) return false;
        _heldCount++;
        _heldBytes += bytes;
        return true;
    }

    /// <summary>Who subscribed later heard the end of the same row; so that both give the same keys, it is counted from the end.</summary>
    private List<Publication> NameUncounted(string beginning)
    {
        var count = new PublicationCount($"before {beginning}");
        var named = new List<Publication>(_uncounted.Count);
        foreach (var (channel, rule, payload) in Enumerable.Reverse(_uncounted)) named.Add(new Publication(channel, rule, payload, count.Next(channel, payload.Span)));
        named.Reverse();
        return named;
    }
}
