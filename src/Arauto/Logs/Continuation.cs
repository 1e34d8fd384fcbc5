using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Logs;

/// <summary>Where a reader goes on.</summary>
/// <param name="At">The place in the log's present epoch: what is above it is news to the reader.</param>
/// <param name="Gap">Why messages are missing in front of it; <see langword="null"/> if none are.</param>
public readonly record struct Continuation(Position At, GapReason? Gap)
{
    /// <summary>What a subscriber who was at <paramref name="from"/> must be told.</summary>
    /// <returns><see langword="null"/> if nothing is missing.</returns>
    internal GapFrame? Announce(string channel, Position from) => Gap switch
    {
        null => null,
        GapReason.Trimmed => new GapFrame { Channel = channel, From = from.Offset + 1, To = At.Offset, Reason = GapReason.Trimmed },
        // Which offsets the lost messages had, nobody knows any more.
        { } reason => new GapFrame { Channel = channel, From = 0, To = 0, Reason = reason },
    };
}
