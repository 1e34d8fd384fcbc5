using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;
using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// The native protocol as Protocol Buffers (proto/arauto/v1/arauto.proto): one message per WebSocket binary frame, with
/// the fields, names and checks of <see cref="JsonCodec"/>.
/// </summary>
public sealed class ProtobufCodec : INativeCodec
{
    private ProtobufCodec()
    {
    }

    /// <summary>The codec; it has no state.</summary>
    public static ProtobufCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Subprotocol => "arauto.v1.protobuf";

    /// <inheritdoc/>
    public string Name => Subprotocol;

    /// <inheritdoc/>
    public bool IsBinary => true;

    /// <inheritdoc/>
    public bool TryDecodeCommand(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id) =>
        ProtobufCommandReader.TryRead(frame, out command, out error, out id);

    /// <inheritdoc/>
    public void EncodeCommand(ClientCommand command, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(command);
        ProtobufCommandWriter.ToWire(command).WriteTo(output);
    }

    /// <inheritdoc/>
    public bool TryDecodeFrame(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error) =>
        ProtobufFrameReader.TryRead(bytes, out frame, out error);

    /// <inheritdoc/>
    public void EncodeFrame(ServerFrame frame, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(frame);
        // Every message of the native protocol has a place in its channel.
        if (frame is EphemeralEventFrame) return;
        ProtobufFrameWriter.ToWire(frame).WriteTo(output);
    }
}
