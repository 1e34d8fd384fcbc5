using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Logs;

/// <summary>A consistent look at a part of a channel's log: messages and bounds are of the same moment.</summary>
/// <param name="Epoch">The epoch of all messages in the page.</param>
/// <param name="Oldest">The offset of the oldest kept message; <c>Top + 1</c> when none is kept.</param>
/// <param name="Top">The offset of the newest message ever appended in this epoch; 0 if none.</param>
/// <param name="Messages">The messages, in ascending order and without holes.</param>
public sealed record LogPage(Epoch Epoch, long Oldest, long Top, IReadOnlyList<MessageFrame> Messages);
