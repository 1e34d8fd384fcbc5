namespace Arauto.Protocol;

/// <summary>A place in a channel's log: the message with this offset, in this life of the log.</summary>
/// <param name="Epoch">The life of the log.</param>
/// <param name="Offset">The offset; the first message of a log has 1, and 0 is the place before it.</param>
public readonly record struct Position(Epoch Epoch, long Offset);
