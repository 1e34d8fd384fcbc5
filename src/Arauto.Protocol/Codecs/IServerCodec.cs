using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// What a server's connection speaks. Pure: no I/O, no state, safe for use from any thread. Never throws on input;
/// whatever the bytes are, decoding ends with a command or an error that names what is wrong.
/// </summary>
public interface IServerCodec
{
    /// <summary>The protocol's name, for metrics, logs and lists of connections.</summary>
    string Name { get; }

    /// <summary>Whether frames are WebSocket binary frames rather than text.</summary>
    bool IsBinary { get; }

    /// <summary>Decodes a client's frame. The bytes are not kept; what the command needs of them is copied.</summary>
    /// <param name="frame">One complete frame.</param>
    /// <param name="command">The command.</param>
    /// <param name="error">What is wrong, when the result is <see langword="false"/>.</param>
    /// <param name="id">The frame's command id, also set on errors where it could be read, so that the error can name it.</param>
    bool TryDecodeCommand(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id);

    /// <summary>Encodes a server's frame; writes nothing for one that the protocol does not have.</summary>
    void EncodeFrame(ServerFrame frame, IBufferWriter<byte> output);
}
