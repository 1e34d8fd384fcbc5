using Arauto.Channels;

namespace Arauto.Ingestion;

/// <summary>Something that another program published.</summary>
/// <param name="Channel">The channel, without the prefix.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="Digest">Names the bytes and the channel.</param>
/// <param name="Number">The how manieth with this digest this node heard.</param>
/// <param name="HeardAt">When, as a timestamp.</param>
internal sealed record Publication(string Channel, ChannelRule Rule, ReadOnlyMemory<byte> Payload, string Digest, int Number, long HeardAt);
