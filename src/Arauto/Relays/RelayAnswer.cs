using Arauto.Transports.EngineIo;

namespace Arauto.Relays;

/// <summary>The owner's answer to a request.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Error">Why it is refused.</param>
/// <param name="Payload">The body of the answer to a GET.</param>
internal readonly record struct RelayAnswer(RelayOutcome Outcome, EngineIoError Error = default, ReadOnlyMemory<byte> Payload = default)
{
    /// <summary>There is no such session, or nobody who could say.</summary>
    public static RelayAnswer Unknown { get; } = Refused(EngineIoError.UnknownSession);

    /// <summary>Refused.</summary>
    public static RelayAnswer Refused(EngineIoError error) => new(RelayOutcome.Refused, error);

    /// <summary>Reads what <see cref="ToRecord"/> wrote.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out RelayAnswer answer)
    {
        answer = default;
        if (bytes.IsEmpty) return false;
        var outcome = (RelayOutcome)bytes.Span[0];
        switch (outcome)
        {
            case RelayOutcome.Payload:
                answer = new RelayAnswer(outcome, Payload: bytes[1..]);
                return true;
            case RelayOutcome.Accepted or RelayOutcome.TooLarge:
                answer = new RelayAnswer(outcome);
                return true;
            case RelayOutcome.Refused when bytes.Length > 1 && Enum.IsDefined((EngineIoError)bytes.Span[1]):
                answer = Refused((EngineIoError)bytes.Span[1]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>As a record.</summary>
    public byte[] ToRecord(ulong request)
    {
        var rest = Outcome switch
        {
            RelayOutcome.Payload => 1 + Payload.Length,
            RelayOutcome.Refused => 2,
            _ => 1,
        };
        var record = RelayRecord.Create(RelayRecordType.Answer, request, rest);
        record[RelayRecord.HeaderBytes] = (byte)Outcome;
        if (Outcome == RelayOutcome.Refused) record[RelayRecord.HeaderBytes + 1] = (byte)Error;
        else Payload.Span.CopyTo(record.AsSpan(RelayRecord.HeaderBytes + 1));
        return record;
    }
}
