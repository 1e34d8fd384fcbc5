using System.Buffers;
using Arauto.Protocol;
using Arauto.Transports;

namespace Arauto.Connections;

/// <summary>The cursor line written last by a lane. Connections that follow the same channels and keep up have the same one, so it is written once for all of them. Lane-owned.</summary>
internal sealed class CursorLines
{
    private readonly ArrayBufferWriter<byte> _scratch = new(256);
    private CursorBuilder? _last;
    private Framing? _framing;
    private byte[] _line = [];

    /// <summary>The line of a cursor; it never changes.</summary>
    public ReadOnlyMemory<byte> Of(CursorBuilder places, Framing framing)
    {
        if (_last is not null && _framing == framing && _last.IsSame(places)) return _line;
        Span<byte> text = stackalloc byte[Cursor.MaxTextLength];
        _scratch.ResetWrittenCount();
        framing.WriteCursor(text[..places.Write(text)], _scratch);
        _line = _scratch.WrittenSpan.ToArray();
        _last = places.Copy();
        _framing = framing;
        return _line;
    }
}
