using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Logs;

/// <summary>A consistent look at a part of a channel's log: messages and bounds are of the same moment.</summary>
/// <param name="Epoch">The epoch of all messages in the page.</param>
/// <param name="Oldest">The offset of the oldest kept message; <c>Top + 1</c> when none is kept.</param>
/// <param name="Top">The offset of the newest message ever appended in this epoch; 0 if none.</param>
/// <param name="Messages">The messages, in ascending order and without holes.</param>
public sealed record LogPage(Epoch Epoch, long Oldest, long Top, IReadOnlyList<MessageFrame> Messages)
{
    /// <summary>The epochs that this one continues, each with its last message that is still in the log. Offsets go on counting over them.</summary>
    public IReadOnlyList<Position> Past { get; init; } = [];

    /// <summary>Epochs that are no part of this log's life, each with the place where whoever was in it goes on, behind a gap.</summary>
    internal IReadOnlyList<Position> Detached { get; init; } = [];

    /// <summary>
    /// The epochs in which the channel was seen empty and nothing was appended before the first message of this log;
    /// <see langword="null"/> where the log does not know and any empty one is taken for such.
    /// </summary>
    public EpochRange? Beginnings { get; init; }

    /// <summary>Where whoever has everything up to <paramref name="from"/> goes on in this log.</summary>
    /// <remarks>The one place that compares a position with an epoch it may not belong to. One without an epoch, an offset alone, means the log as it is now.</remarks>
    public Continuation Resolve(Position from)
    {
        var (offset, isLost) = Locate(from);
        var at = new Position(Epoch, Math.Max(offset, Oldest - 1));
        if (isLost) return new Continuation(at, GapReason.EpochChanged);
        return new Continuation(at, at.Offset > offset ? GapReason.Trimmed : null);
    }

    private (long Offset, bool IsLost) Locate(Position from)
    {
        if (from.Epoch == Epoch) return UpTo(Top, from.Offset);
        if (from.Epoch == Epoch.None) return (Math.Min(from.Offset, Top), false);
        foreach (var end in Past)
            if (end.Epoch == from.Epoch) return UpTo(end.Offset, from.Offset);
        foreach (var place in Detached)
            if (place.Epoch == from.Epoch) return (place.Offset, true);
        var isBeginning = from.Offset == 0 && (Beginnings is { } known ? known.Contains(from.Epoch) : Oldest == 1);
        return (isBeginning ? 0 : Oldest - 1, !isBeginning);
    }

    /// <summary>What lies above the end was seen by somebody and lost by the log.</summary>
    private static (long Offset, bool IsLost) UpTo(long end, long offset) => (Math.Min(offset, end), offset > end);
}
