using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Publishing;

/// <summary>Either what became of a message, or why it was not published.</summary>
public readonly struct PublishResult
{
    private PublishResult(PublishOutcome? outcome, ProtocolError? error, bool isRepetition)
    {
        Outcome = outcome;
        Error = error;
        IsRepetition = isRepetition;
    }

    /// <summary>Whether the message is in the log.</summary>
    [MemberNotNullWhen(true, nameof(Outcome))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsPublished => Outcome is not null;

    /// <summary>What became of it; equal for every repetition with the same key.</summary>
    public PublishOutcome? Outcome { get; }

    /// <summary>Why it was not published. With <see cref="ErrorCode.Unavailable"/> it may be repeated with the same key.</summary>
    public ProtocolError? Error { get; }

    /// <summary>Whether an earlier publish with the same key had the effect.</summary>
    public bool IsRepetition { get; }

    internal static PublishResult Published(PublishOutcome outcome, bool isRepetition) => new(outcome, null, isRepetition);

    internal static PublishResult Refused(ProtocolError error) => new(null, error, false);
}
