using System.Security.Cryptography;
using System.Text;
using Arauto.Channels;

namespace Arauto.Ingestion;

/// <summary>Something that another program published.</summary>
/// <param name="Channel">The channel, without the prefix.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="Digest">Names the bytes, the channel and since when equal ones are counted.</param>
/// <param name="Number">The how manieth with this digest this node heard.</param>
/// <param name="IsCounted">Whether other nodes give it the same digest and number: it was heard since a beginning that all heard.</param>
/// <param name="HeardAt">When, as a timestamp.</param>
internal sealed record Publication(string Channel, ChannelRule Rule, ReadOnlyMemory<byte> Payload, string Digest, int Number, bool IsCounted, long HeardAt)
{
    /// <summary>Names equal publications.</summary>
    /// <param name="beginning">Since when they are counted.</param>
    /// <param name="channel">Where.</param>
    /// <param name="payload">The bytes.</param>
    public static string DigestOf(string beginning, string channel, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{beginning}\0{channel}\0"));
        hash.AppendData(payload);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
