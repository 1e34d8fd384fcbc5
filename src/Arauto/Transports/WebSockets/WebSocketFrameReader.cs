using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

/// <summary>
/// Reads the frames a client sends, RFC 6455 section 5 and RFC 7692 section 6, from any cut of the byte stream. No I/O.
/// </summary>
/// <remarks>
/// <para>The caller feeds bytes and calls <see cref="Read"/> until it answers <see cref="WebSocketReadKind.NeedMore"/>.
/// A frame that lies whole in the input is handed out from there, without a copy. What is incomplete is kept in a
/// rented buffer that grows with the bytes that really came, never with the length a header claims: a thousand
/// peers that announce a large message and send nothing hold nothing.</para>
/// <para>Every limit is checked on the header, before its payload is kept. Not thread-safe.</para>
/// </remarks>
/// <param name="messageBytes">The largest message, after decompression.</param>
/// <param name="deflate">Whether permessage-deflate was negotiated.</param>
internal sealed partial class WebSocketFrameReader(int messageBytes, bool deflate) : IDisposable
{
    /// <summary>What a close frame without a code means, RFC 6455 section 7.1.5. Never sent.</summary>
    public const CloseCode NoStatus = (CloseCode)1005;

    /// <summary>
    /// Frames that one message may be cut into, empty ones included. Without this bound a peer could send empty
    /// fragments for ever and never finish a message. Libraries cut at 4 to 128 KiB, so that the largest message
    /// that can be configured (16 MiB) still passes.
    /// </summary>
    public const int MaxFragments = 4096;

    private const int MaxControlBytes = 125;

    // The largest buffer content on the wire: a compressor may use 9 bits for each literal, so an honest message at the
    // limit can be an eighth longer than its text.
    private readonly int _compressedBytes = messageBytes + messageBytes / 8 + 16;

    // The frame that is being read.
    private Header _header;
    private int _headerLength;
    private WebSocketOpcode _opcode;
    private bool _final;
    private bool _inPayload;
    private int _remaining;
    private uint _mask;

    // The message that is being put together; Continuation = none.
    private WebSocketOpcode _message;
    private bool _compressed;
    private int _fragments;
    private byte[]? _buffer;
    private int _length;
    private int _validated;

    private byte[]? _control;
    private int _controlLength;
    private byte[]? _inflated;
    private bool _failed;

    /// <summary>Reads the next thing from <paramref name="input"/>, which is unmasked in place.</summary>
    /// <param name="input">Bytes from the peer, in order. After a violation all are ignored.</param>
    /// <param name="consumed">How many bytes of the input were used; the rest must be fed again.</param>
    public WebSocketRead Read(Span<byte> input, out int consumed)
    {
        ReleaseDone();
        consumed = 0;
        if (_failed)
        {
            consumed = input.Length;
            return default;
        }

        if (!_inPayload)
        {
            if (ReadHeader(input, ref consumed) is { } violation) return Fail(violation);
            if (!_inPayload) return default;
        }

        var part = input.Slice(consumed, Math.Min(_remaining, input.Length - consumed));
        consumed += part.Length;
        _mask = WebSocketMask.Apply(part, _mask);
        _remaining -= part.Length;
        _inPayload = _remaining > 0;
        return _opcode >= WebSocketOpcode.Close ? ReadControl(part) : ReadData(part);
    }

    /// <summary>Returns all buffers. The reader may not be used afterwards.</summary>
    public void Dispose()
    {
        _failed = true;
        _message = WebSocketOpcode.Continuation;
        _controlLength = 0;
        ReleaseDone();
    }

    /// <summary>Takes bytes into the header until it is complete; then <see cref="_inPayload"/> is set.</summary>
    private WebSocketViolation? ReadHeader(ReadOnlySpan<byte> input, ref int consumed)
    {
        Span<byte> header = _header;
        if (!Fill(header, 2, input, ref consumed)) return null;
        // Two bytes are enough to refuse most garbage; waiting for the rest could wait for ever.
        if (CheckStart(header[0], header[1]) is { } violation) return violation;

        var lengthBytes = (header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
        if (!Fill(header, 2 + lengthBytes, input, ref consumed)) return null;
        var length = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            8 => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
            _ => (ulong)(header[1] & 0x7F),
        };
        if (CheckLength(length, lengthBytes) is { } tooLong) return tooLong;

        if (!Fill(header, 2 + lengthBytes + 4, input, ref consumed)) return null;
        BeginFrame(header[0], (int)length, MemoryMarshal.Read<uint>(header.Slice(2 + lengthBytes, 4)));
        return null;
    }

    /// <summary>Moves bytes from the input until the header has <paramref name="count"/>.</summary>
    private bool Fill(Span<byte> header, int count, ReadOnlySpan<byte> input, ref int consumed)
    {
        var take = Math.Min(count - _headerLength, input.Length - consumed);
        if (take > 0)
        {
            input.Slice(consumed, take).CopyTo(header[_headerLength..]);
            _headerLength += take;
            consumed += take;
        }

        return _headerLength >= count;
    }

    private void BeginFrame(byte first, int length, uint mask)
    {
        _headerLength = 0;
        _inPayload = true;
        _remaining = length;
        _mask = mask;
        _final = (first & 0x80) != 0;
        _opcode = (WebSocketOpcode)(first & 0x0F);
        if (_opcode >= WebSocketOpcode.Close) return;

        _fragments++;
        if (_opcode == WebSocketOpcode.Continuation) return;
        _message = _opcode;
        _compressed = (first & 0x40) != 0;
    }

    private WebSocketRead ReadData(ReadOnlySpan<byte> part)
    {
        if (!_inPayload && _final && _length == 0) return EndMessage(part);

        Append(part);
        if (_message == WebSocketOpcode.Text && !_compressed && !ValidateSoFar()) return Fail(NotUtf8);
        if (_inPayload) return default;
        return _final ? EndMessage(_buffer.AsSpan(0, _length)) : new WebSocketRead(WebSocketReadKind.Fragment);
    }

    private WebSocketRead EndMessage(ReadOnlySpan<byte> message)
    {
        if (_compressed)
        {
            if (WebSocketInflater.Inflate(message, messageBytes, out _inflated, out var inflated) is { } violation)
                return Fail(violation);
            message = _inflated.AsSpan(0, inflated);
        }

        var isText = _message == WebSocketOpcode.Text;
        if (isText && !Utf8.IsValid(message[_validated..])) return Fail(NotUtf8);
        _message = WebSocketOpcode.Continuation;
        _fragments = _length = _validated = 0;
        return new WebSocketRead(isText ? WebSocketReadKind.Text : WebSocketReadKind.Binary, message);
    }

    private WebSocketRead ReadControl(ReadOnlySpan<byte> part)
    {
        if (_inPayload || _controlLength > 0)
        {
            _control ??= ArrayPool<byte>.Shared.Rent(MaxControlBytes);
            part.CopyTo(_control.AsSpan(_controlLength));
            _controlLength += part.Length;
            if (_inPayload) return default;
            part = _control.AsSpan(0, _controlLength);
            _controlLength = 0;
        }

        switch (_opcode)
        {
            case WebSocketOpcode.Ping: return new WebSocketRead(WebSocketReadKind.Ping, part);
            case WebSocketOpcode.Pong: return new WebSocketRead(WebSocketReadKind.Pong, part);
            default:
                if (CheckClose(part, out var code) is { } violation) return Fail(violation);
                return new WebSocketRead(code, part.Length == 0 ? part : part[2..]);
        }
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        var needed = _length + part.Length;
        if (needed > (_buffer?.Length ?? 0))
        {
            var grown = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Min(2 * _length, _compressedBytes)));
            if (_buffer is not null)
            {
                _buffer.AsSpan(0, _length).CopyTo(grown);
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = grown;
        }

        part.CopyTo(_buffer.AsSpan(_length));
        _length = needed;
    }

    /// <summary>Returns the buffers behind the previous result; those of an incomplete message or control frame stay.</summary>
    private void ReleaseDone()
    {
        if (_message == WebSocketOpcode.Continuation) Release(ref _buffer);
        if (_controlLength == 0) Release(ref _control);
        Release(ref _inflated);
    }

    private static void Release(ref byte[]? buffer)
    {
        if (buffer is null) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }

    private WebSocketRead Fail(WebSocketViolation violation)
    {
        _failed = true;
        _message = WebSocketOpcode.Continuation;
        _controlLength = 0;
        return new WebSocketRead(violation);
    }

    [InlineArray(14)]
    private struct Header
    {
        private byte _first;
    }
}
