namespace Arauto.Logs.Memory;

/// <summary>The bounds of a <see cref="MemoryChannelLog"/>.</summary>
public sealed class MemoryLogOptions
{
    /// <summary>The most channels kept, at least 1. Default: 100000. Over it the channel that was idle longest is dropped whole.</summary>
    public int Channels { get; set; } = 100_000;

    /// <summary>The most bytes of messages and keys kept, estimated, at least 4096. Default: 268435456. Over it the channels that were idle longest are dropped whole.</summary>
    public long Bytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long an idempotency key is remembered, above zero. Default: 24 hours.</summary>
    public TimeSpan IdempotencyWindow { get; set; } = TimeSpan.FromHours(24);
}
