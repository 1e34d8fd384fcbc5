using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>One encoding of the native protocol, for both sides. As pure as <see cref="IServerCodec"/> says.</summary>
public interface INativeCodec : IServerCodec
{
    /// <summary>The WebSocket subprotocol, such as <c>arauto.v1.json</c>; also the protocol's name.</summary>
    string Subprotocol { get; }

    /// <summary>Encodes a client's command.</summary>
    void EncodeCommand(ClientCommand command, IBufferWriter<byte> output);

    /// <summary>Decodes a server's frame. The bytes are not kept.</summary>
    bool TryDecodeFrame(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error);
}
