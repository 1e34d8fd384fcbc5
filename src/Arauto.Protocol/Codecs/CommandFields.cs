using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>Every field a command can have, as a decoder found it, before <see cref="CommandBuilder"/> checks it.</summary>
internal struct CommandFields
{
    public CommandKind Kind;
    public Field<string> UnknownType;
    public Field<long> Id;
    public Field<string> Channel;
    public Field<string> Since;
    public Field<string> Gateway;
    public Field<string> Event;
    public ReadOnlyMemory<byte> Data;
    public Field<string> Key;
    public Field<string> CorrelationId;
    public Field<HistoryBound> Before;
    public Field<HistoryBound> After;
    public Field<long> Limit;
    public Field<long> Delivered;
    public Field<long> Read;
    public Field<string> Token;

    /// <summary>The id if it is one; an error about the rest of the frame carries it.</summary>
    public readonly long? ReadableId => Id.IsPresent && Id.Value is >= 0 and <= NativeLimits.MaxInteger ? Id.Value : null;
}
