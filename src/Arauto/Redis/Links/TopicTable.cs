using System.Collections.Concurrent;

namespace Arauto.Redis.Links;

/// <summary>The topics that are wanted, found by the bytes of a pushed message. Safe for concurrent use.</summary>
internal sealed class TopicTable
{
    private readonly Names[] _kinds = [new(), new(), new()];

    /// <summary>All topics, in no order.</summary>
    public IEnumerable<TopicEntry> All => _kinds.SelectMany(names => names.Entries.Select(entry => entry.Value));

    /// <summary>The entry of a topic; <see langword="null"/> if it is not wanted.</summary>
    public TopicEntry? Find(RedisTopicKind kind, ReadOnlySpan<byte> name) => _kinds[(int)kind].ByBytes.TryGetValue(name, out var entry) ? entry : null;

    /// <summary>Puts an entry in.</summary>
    public void Add(TopicEntry entry) => _kinds[(int)entry.Topic.Kind].Entries[entry.Name] = entry;

    /// <summary>Takes an entry out.</summary>
    public void Remove(TopicEntry entry) => _kinds[(int)entry.Topic.Kind].Entries.TryRemove(entry.Name, out _);

    private sealed class Names
    {
        public Names() => ByBytes = Entries.GetAlternateLookup<ReadOnlySpan<byte>>();

        public ConcurrentDictionary<byte[], TopicEntry> Entries { get; } = new(BytesComparer.Instance);

        public ConcurrentDictionary<byte[], TopicEntry>.AlternateLookup<ReadOnlySpan<byte>> ByBytes { get; }
    }
}
