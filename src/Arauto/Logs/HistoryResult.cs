using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Logs;

/// <summary>A page of history, or why there is none.</summary>
internal sealed class HistoryResult
{
    public HistoryResult(ProtocolError error) => Error = error;

    public HistoryResult(IReadOnlyList<MessageFrame> messages, Position position, bool more)
    {
        Messages = messages;
        Position = position;
        More = more;
    }

    /// <summary>Why there is no page.</summary>
    public ProtocolError? Error { get; }

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<MessageFrame>? Messages { get; }

    /// <summary>The position of the last message, from which to read on.</summary>
    public Position Position { get; }

    /// <summary>Whether there are more in the direction read.</summary>
    public bool More { get; }

    /// <summary>Whether there is a page.</summary>
    [MemberNotNullWhen(true, nameof(Messages))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsPage => Messages is not null;
}
