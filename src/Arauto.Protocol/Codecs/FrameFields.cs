using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// Every field a server's frame (or an object inside one) can have, as a decoder found it, before
/// <see cref="FrameBuilder"/> checks it.
/// </summary>
internal struct FrameFields
{
    public FrameKind Kind;

    /// <summary>What was wrong inside an array.</summary>
    public ProtocolError? Problem;

    public Field<string> Type;
    public Field<long> Id;
    public Field<Guid> MessageId;
    public Field<string> Channel;
    public ReadOnlyMemory<byte> Data;
    public Field<DateTimeOffset> Timestamp;
    public Field<long> Offset;
    public Field<string> Epoch;
    public Field<string> From;
    public Field<string> Cursor;
    public Field<string> Connection;
    public Field<string> User;
    public Field<string> Node;
    public Field<long> Interval;
    public Field<long> Timeout;
    public Field<string> Code;
    public Field<string> Message;
    public Field<double> RetryAfter;
    public Field<string> Status;
    public Field<string> Action;
    public Field<long> Delivered;
    public Field<long> Read;
    public Field<long> GapFrom;
    public Field<long> GapTo;
    public Field<string> Reason;
    public Field<double> After;
    public Field<bool> Durable;
    public Field<string> Fanout;
    public Field<string> CorrelationId;
    public Field<bool> Resumed;
    public Field<bool> More;
    public Field<DateTimeOffset> Expires;
    public Field<long> Connections;
    public Field<IReadOnlyList<MessageFrame>> Messages;
    public Field<IReadOnlyList<PresentUser>> Users;
    public Field<IReadOnlyList<Receipt>> Receipts;
}
