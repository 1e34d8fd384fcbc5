namespace Arauto.Gateways.Arguments;

/// <summary>
/// The attachments of the value that this thread is reading or writing just now. The serialiser gives its converters no
/// state of a call, and its options, which they could hold, are too costly to make for each.
/// </summary>
internal readonly ref struct AttachmentScope
{
    [ThreadStatic] private static ReadOnlyMemory<byte>[]? _reading;
    [ThreadStatic] private static List<ReadOnlyMemory<byte>>? _writing;

    private readonly ReadOnlyMemory<byte>[]? _outerReading;
    private readonly List<ReadOnlyMemory<byte>>? _outerWriting;

    private AttachmentScope(ReadOnlyMemory<byte>[]? reading, List<ReadOnlyMemory<byte>>? writing)
    {
        (_outerReading, _outerWriting) = (_reading, _writing);
        (_reading, _writing) = (reading, writing);
    }

    /// <summary>What placeholders refer to while a value is read.</summary>
    public static ReadOnlyMemory<byte>[] Reading => _reading ?? [];

    /// <summary>Where binary values go while a value is written.</summary>
    public static List<ReadOnlyMemory<byte>> Writing => _writing ?? throw new InvalidOperationException("Binary values are written as the arguments of an event only.");

    /// <summary>Begins to read a value.</summary>
    public static AttachmentScope Read(ReadOnlyMemory<byte>[] attachments) => new(attachments, null);

    /// <summary>Begins to write a value.</summary>
    public static AttachmentScope Write(List<ReadOnlyMemory<byte>> attachments) => new(null, attachments);

    /// <summary>Goes back to the value around this one, if a converter began it.</summary>
    public void Dispose() => (_reading, _writing) = (_outerReading, _outerWriting);
}
