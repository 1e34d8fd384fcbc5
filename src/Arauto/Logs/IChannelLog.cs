using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Logs;

/// <summary>The ordered history of every channel. The log is the truth: what it has not assigned an offset to was not published.</summary>
/// <remarks>
/// <para>Invariants, kept by every implementation and checked by its conformance suite:</para>
/// <list type="number">
/// <item>Offsets of a channel are 1, 2, 3, … within an epoch, without holes, whatever the number of concurrent appends.</item>
/// <item>When an append has completed, every later read sees the message; if its result says that it is durable it also survives the process.</item>
/// <item>A key repeated within the idempotency window appends nothing and returns the first result.</item>
/// <item>Trimming removes from the oldest end only. The epoch of a channel changes whenever offsets start anew, and whenever they go on after what may have been lost: see <see cref="LogPage.Past"/>.</item>
/// <item>A channel that was never written has an epoch all the same, the one in which it will begin, and top 0; reading does not create it.</item>
/// </list>
/// <para>Members are safe for concurrent use. The only expected failure is <see cref="StoreUnavailableException"/>: the
/// medium is full or away; then nothing was appended, or the caller cannot know and may repeat with the same key.</para>
/// </remarks>
public interface IChannelLog
{
    /// <summary>Assigns the next offset and keeps the message; or finds the result of an earlier append with the same key.</summary>
    /// <remarks>
    /// Appends should complete in offset order per channel where that is cheap, since feeds then need not repair the
    /// order. The continuation may run on the thread that commits, so the caller must not block or do slow work there.
    /// </remarks>
    ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken);

    /// <summary>Reads the oldest kept messages with an offset above <paramref name="after"/>, in order.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="after">The offset to start behind; 0 reads from the oldest.</param>
    /// <param name="limit">The most messages to return, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Reads the newest kept messages with an offset below <paramref name="before"/>, in ascending order.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="before">The offset to end in front of; <see cref="long.MaxValue"/> reads up to the top.</param>
    /// <param name="limit">The most messages to return, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken);

    /// <summary>The newest position of each channel, in the order asked; <see cref="Protocol.Epoch.None"/> stands for a channel that cannot be read now, unless none of them can.</summary>
    ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken);

    /// <summary>Drops all messages and keys of a channel and starts a new epoch.</summary>
    ValueTask ResetAsync(string channel, CancellationToken cancellationToken);
}
