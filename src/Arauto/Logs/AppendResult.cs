using Arauto.Protocol;

namespace Arauto.Logs;

/// <summary>What an append did.</summary>
/// <param name="MessageId">The message's id: of this append, or of the first one with the same key.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="CorrelationId">The correlation id of the append that took effect.</param>
/// <param name="IsDuplicate">Whether an earlier append with the same key was found and nothing was written.</param>
/// <param name="IsHinted">Whether the log itself told the other nodes in the same step; then nobody else needs to.</param>
/// <param name="IsDurable">Whether the message survives <c>kill -9</c> of the process, and of the server that keeps it.</param>
/// <param name="IsLocal">Whether no other node will find it in the log.</param>
public readonly record struct AppendResult(
    Guid MessageId, Position Position, string CorrelationId, bool IsDuplicate, bool IsHinted = false, bool IsDurable = false, bool IsLocal = false);
