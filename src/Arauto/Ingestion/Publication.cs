using Arauto.Channels;

namespace Arauto.Ingestion;

/// <summary>Something that another program published.</summary>
/// <param name="Channel">The channel, without the prefix.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="Key">Under which idempotency key it enters the log.</param>
internal sealed record Publication(string Channel, ChannelRule Rule, ReadOnlyMemory<byte> Payload, string Key);
