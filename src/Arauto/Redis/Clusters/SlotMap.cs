namespace Arauto.Redis.Clusters;

/// <summary>Which master has which slot. Immutable.</summary>
internal sealed class SlotMap
{
    private readonly ClusterNode?[] _owners;

    private SlotMap(ClusterNode?[] owners)
    {
        _owners = owners;
        Masters = [.. owners.OfType<ClusterNode>().Distinct()];
        Uncovered = owners.Count(owner => owner is null);
    }

    /// <summary>Nothing is known yet.</summary>
    public static SlotMap Empty { get; } = new(new ClusterNode?[HashSlot.Count]);

    /// <summary>The masters that have slots.</summary>
    public IReadOnlyList<ClusterNode> Masters { get; }

    /// <summary>How many slots nobody has.</summary>
    public int Uncovered { get; }

    /// <summary>Who has a slot; <see langword="null"/> if nobody does.</summary>
    public ClusterNode? this[int slot] => _owners[slot];

    /// <summary>The map of these ranges.</summary>
    public static SlotMap Create(IEnumerable<(SlotRange Range, ClusterNode Master)> ranges)
    {
        var owners = new ClusterNode?[HashSlot.Count];
        foreach (var (range, master) in ranges) owners.AsSpan(range.First, range.Last - range.First + 1).Fill(master);
        return new SlotMap(owners);
    }

    /// <summary>The map with one slot elsewhere.</summary>
    public SlotMap With(int slot, ClusterNode owner)
    {
        var owners = (ClusterNode?[])_owners.Clone();
        owners[slot] = owner;
        return new SlotMap(owners);
    }
}
