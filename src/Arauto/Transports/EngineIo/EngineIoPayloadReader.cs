namespace Arauto.Transports.EngineIo;

/// <summary>Takes the body of a POST apart: packets joined with U+001E.</summary>
internal struct EngineIoPayloadReader(ReadOnlyMemory<byte> body)
{
    /// <summary>What stands between two packets.</summary>
    public const byte Separator = 0x1E;

    private ReadOnlyMemory<byte> _rest = body;
    private bool _ended;

    /// <summary>The text of the next packet, which may be empty and so none: there is always at least one.</summary>
    public bool TryNext(out ReadOnlyMemory<byte> text)
    {
        text = _rest;
        if (_ended) return false;
        var end = _rest.Span.IndexOf(Separator);
        _ended = end < 0;
        if (_ended) return true;
        text = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }
}
