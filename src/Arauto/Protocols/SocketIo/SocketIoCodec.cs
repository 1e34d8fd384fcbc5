using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Protocols.SocketIo;

/// <summary>
/// Messages as events of one namespace: the event is the message's type, the first argument its data. What the native
/// protocol has besides (presence, receipts, heartbeats) is not said. Clients' packets are read by <see cref="SocketIoDecoder"/>,
/// since a session has several namespaces and a packet may be several messages.
/// </summary>
internal sealed class SocketIoCodec : IServerCodec
{
    private readonly string _namespace;
    private readonly bool _recovers;

    /// <param name="ns">The namespace.</param>
    /// <param name="recovers">Whether events carry their offset as a last argument, by which the client recovers.</param>
    public SocketIoCodec(string ns, bool recovers)
    {
        _namespace = ns;
        _recovers = recovers;
    }

    /// <inheritdoc/>
    public string Name => "socketio";

    /// <inheritdoc/>
    public bool IsBinary => false;

    /// <summary>A packet as bytes of their exact size.</summary>
    public static byte[] Encode(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public bool TryDecodeCommand(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id) =>
        throw new NotSupportedException("A session decodes for all of its namespaces.");

    /// <inheritdoc/>
    public void EncodeFrame(ServerFrame frame, IBufferWriter<byte> output)
    {
        switch (frame)
        {
            case MessageFrame message: WriteMessage(message, output); break;
            case EphemeralEventFrame ephemeral: WriteEphemeral(ephemeral, output); break;
        }
    }

    private void WriteMessage(MessageFrame message, IBufferWriter<byte> output)
    {
        Span<byte> offset = stackalloc byte[Cursor.MaxSingleLength];
        var length = 0;
        if (_recovers && message.Cursor is null) length = Cursor.Encode(message.Channel, message.Position, offset);
        ReadOnlySpan<byte> last = message.Cursor is { } places && _recovers ? Encoding.ASCII.GetBytes(places) : offset[..length];
        SocketIoEncoder.Event(output, _namespace, null, message.Event, MessageArguments.Of(message), last);
    }

    /// <summary>It has no offset; and since clients take any text in the last place for one, also the event's name, none may stand there.</summary>
    private void WriteEphemeral(EphemeralEventFrame frame, IBufferWriter<byte> output)
    {
        var arguments = MessageArguments.Of(frame.Data, frame.Envelope);
        if (_recovers && (arguments.Count == 0 || arguments[arguments.Count - 1].ValueKind == System.Text.Json.JsonValueKind.String)) arguments = arguments.Append([null]);
        SocketIoEncoder.Event(output, _namespace, null, frame.Event, arguments, []);
    }
}
