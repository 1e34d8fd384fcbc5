using System.Text;

namespace Arauto.Stores.Redis;

/// <summary>A short hash tag for each slot of a Cluster, by which something of the store can lie beside a channel without bearing its name.</summary>
internal static class SlotTags
{
    private const int Slots = 16384;

    private static readonly Lazy<string[]> Tags = new(Find);

    /// <summary>The tag of the slot in which a hash tag lies.</summary>
    public static string Of(string tag)
    {
        // As Redis reads it: a tag ends at its first brace.
        var end = tag.IndexOf('}', StringComparison.Ordinal);
        return Tags.Value[SlotOf(end < 0 ? tag : tag[..end])];
    }

    /// <summary>The slot of a hash tag: CRC16 (XMODEM) modulo 16384.</summary>
    internal static int SlotOf(string tag)
    {
        var crc = 0;
        foreach (var value in Encoding.UTF8.GetBytes(tag))
        {
            crc ^= value << 8;
            for (var bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x8000) == 0 ? 0 : 0x1021)) & 0xffff;
        }
        return crc % Slots;
    }

    /// <summary>Numbers until every slot has one: some hundred thousand, within milliseconds.</summary>
    private static string[] Find()
    {
        var tags = new string[Slots];
        var found = 0;
        for (var number = 0; found < Slots; number++)
        {
            var tag = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (tags[SlotOf(tag)] is not null) continue;
            tags[SlotOf(tag)] = tag;
            found++;
        }
        return tags;
    }
}
