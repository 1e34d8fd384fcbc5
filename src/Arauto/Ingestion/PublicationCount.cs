using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Arauto.Ingestion;

/// <summary>Gives publications keys, such that every node gives the same one the same key: the n-th with these bytes since a beginning that all heard. Not thread-safe.</summary>
internal sealed class PublicationCount(string beginning)
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How many different ones are remembered.</summary>
    public int Size => _counts.Count;

    /// <summary>The key of the next publication.</summary>
    /// <param name="channel">Where it was published.</param>
    /// <param name="payload">Its bytes.</param>
    public string Next(string channel, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{beginning}\0{channel}\0"));
        hash.AppendData(payload);
        var digest = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, digest, out _);
        count++;
        return string.Create(CultureInfo.InvariantCulture, $"{digest}.{count}");
    }
}
