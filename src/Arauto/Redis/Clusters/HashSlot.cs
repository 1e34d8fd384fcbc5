namespace Arauto.Redis.Clusters;

/// <summary>Which of the slots of a Cluster a key belongs to.</summary>
internal static class HashSlot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16384;

    private static readonly ushort[] Crc16 = CreateTable();

    /// <summary>The slot of a key: that of what stands between its first braces, if there is something.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open >= 0 && key[(open + 1)..].IndexOf((byte)'}') is var length and > 0) key = key.Slice(open + 1, length);
        var crc = 0;
        foreach (var octet in key) crc = ((crc << 8) & 0xFFFF) ^ Crc16[(crc >> 8) ^ octet];
        return crc % Count;
    }

    /// <summary>CRC-16/XMODEM: polynomial 0x1021, most significant bit first.</summary>
    private static ushort[] CreateTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = i << 8;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            table[i] = (ushort)crc;
        }
        return table;
    }
}
