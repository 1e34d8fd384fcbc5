namespace Arauto.Redis.Clusters;

/// <summary>Which master has which slot. Immutable; maps that differ in one slot share most of their memory.</summary>
internal sealed class SlotMap
{
    private const int PageSize = 128;

    private readonly ClusterNode?[][] _pages;
    private readonly Dictionary<ClusterNode, int> _counts;

    private SlotMap(ClusterNode?[][] pages, Dictionary<ClusterNode, int> counts)
    {
        _pages = pages;
        _counts = counts;
        Masters = [.. counts.Keys];
        Uncovered = HashSlot.Count - counts.Values.Sum();
    }

    /// <summary>Nothing is known yet.</summary>
    public static SlotMap Empty { get; } = Create([]);

    /// <summary>The masters that have slots.</summary>
    public IReadOnlyList<ClusterNode> Masters { get; }

    /// <summary>How many slots nobody has.</summary>
    public int Uncovered { get; }

    /// <summary>Who has a slot; <see langword="null"/> if nobody does.</summary>
    public ClusterNode? this[int slot] => _pages[slot / PageSize][slot % PageSize];

    /// <summary>The map of these ranges.</summary>
    public static SlotMap Create(IEnumerable<(SlotRange Range, ClusterNode Master)> ranges)
    {
        var owners = new ClusterNode?[HashSlot.Count];
        foreach (var (range, master) in ranges) owners.AsSpan(range.First, range.Last - range.First + 1).Fill(master);
        return new SlotMap([.. owners.Chunk(PageSize)], owners.OfType<ClusterNode>().CountBy(owner => owner).ToDictionary());
    }

    /// <summary>The map with one slot elsewhere.</summary>
    public SlotMap With(int slot, ClusterNode owner)
    {
        var pages = (ClusterNode?[][])_pages.Clone();
        var page = (ClusterNode?[])pages[slot / PageSize].Clone();
        var counts = new Dictionary<ClusterNode, int>(_counts);
        if (page[slot % PageSize] is { } before && --counts[before] == 0) counts.Remove(before);
        counts[owner] = counts.GetValueOrDefault(owner) + 1;
        page[slot % PageSize] = owner;
        pages[slot / PageSize] = page;
        return new SlotMap(pages, counts);
    }
}
