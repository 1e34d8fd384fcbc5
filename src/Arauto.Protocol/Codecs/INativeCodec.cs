using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// One encoding of the native protocol. Pure: no I/O, no state, safe for use from any thread. Never throws on input;
/// whatever the bytes are, decoding ends with a command or an error that names what is wrong.
/// </summary>
public interface INativeCodec
{
    /// <summary>The WebSocket subprotocol, such as <c>arauto.v1.json</c>.</summary>
    string Subprotocol { get; }

    /// <summary>Whether frames are WebSocket binary frames rather than text.</summary>
    bool IsBinary { get; }

    /// <summary>Decodes a client's frame. The bytes are not kept; what the command needs of them is copied.</summary>
    /// <param name="frame">One complete frame.</param>
    /// <param name="command">The command.</param>
    /// <param name="error">What is wrong, when the result is <see langword="false"/>.</param>
    /// <param name="id">The frame's command id, also set on errors where it could be read, so that the error can name it.</param>
    bool TryDecodeCommand(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id);

    /// <summary>Encodes a client's command.</summary>
    void EncodeCommand(ClientCommand command, IBufferWriter<byte> output);

    /// <summary>Decodes a server's frame. The bytes are not kept.</summary>
    bool TryDecodeFrame(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error);

    /// <summary>Encodes a server's frame.</summary>
    void EncodeFrame(ServerFrame frame, IBufferWriter<byte> output);
}
