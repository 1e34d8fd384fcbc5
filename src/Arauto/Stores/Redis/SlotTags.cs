using System.Globalization;
using System.Text;
using Arauto.Redis.Clusters;

namespace Arauto.Stores.Redis;

/// <summary>A short hash tag for each slot of a Cluster, by which something of the store can lie beside a channel without bearing its name.</summary>
internal static class SlotTags
{
    private static readonly Lazy<string[]> Tags = new(Find);

    /// <summary>The tag of the slot in which a key lies.</summary>
    public static string Of(string key) => Tags.Value[HashSlot.Of(Encoding.UTF8.GetBytes(key))];

    /// <summary>Numbers until every slot has one: some hundred thousand, within milliseconds.</summary>
    private static string[] Find()
    {
        var tags = new string[HashSlot.Count];
        var found = 0;
        for (var number = 0; found < tags.Length; number++)
        {
            var tag = number.ToString(CultureInfo.InvariantCulture);
            var slot = HashSlot.Of(Encoding.UTF8.GetBytes(tag));
            if (tags[slot] is not null) continue;
            tags[slot] = tag;
            found++;
        }
        return tags;
    }
}
