using System.Text.Unicode;
using Arauto.Gateways;
using Arauto.Gateways.Arguments;

namespace Arauto.Protocols.SocketIo;

/// <summary>
/// Reads what a client sends, Socket.IO protocol v5
/// (https://github.com/socketio/socket.io/blob/main/docs/socket.io-protocol/v5-current.md). One per session, since
/// attachments follow their packet as messages of their own; not safe for concurrent use. Never throws on input.
/// </summary>
internal sealed class SocketIoDecoder(int maxAttachments)
{
    private Unfinished? _unfinished;

    /// <summary>Reads a text message, without the digit of Engine.IO.</summary>
    public SocketIoDecodeResult Add(ReadOnlySpan<byte> text)
    {
        if (_unfinished is not null) return SocketIoDecodeResult.Violated("text where an attachment is due");
        if (!Utf8.IsValid(text)) return SocketIoDecodeResult.Violated("not UTF-8");
        if (SocketIoHeader.TryRead(text, maxAttachments, out var header) is { } broken) return SocketIoDecodeResult.Violated(broken);
        return header.Kind switch
        {
            SocketIoPacketKind.Connect => Connect(header),
            SocketIoPacketKind.Disconnect => Disconnect(header),
            SocketIoPacketKind.ConnectError => SocketIoDecodeResult.Violated("a client refuses nothing"),
            _ => Arguments(header),
        };
    }

    /// <summary>Reads a binary message: the next attachment.</summary>
    public SocketIoDecodeResult AddBinary(ReadOnlySpan<byte> data)
    {
        if (_unfinished is not { } packet) return SocketIoDecodeResult.Violated("attachment without a packet");
        packet.Attachments.Add(data.ToArray());
        if (packet.Attachments.Count < packet.Expected) return SocketIoDecodeResult.NeedMore;
        _unfinished = null;
        return Complete(new SocketIoPacket
        {
            Kind = packet.Kind,
            Namespace = packet.Namespace,
            Id = packet.Id,
            Event = packet.Event,
            Arguments = EventArguments.Assemble(packet.Json, packet.Placeholders, packet.Attachments),
        });
    }

    private static SocketIoDecodeResult Connect(in SocketIoHeader header)
    {
        if (!header.Payload.IsEmpty && !ArgumentText.IsObject(header.Payload)) return SocketIoDecodeResult.Violated("payload of CONNECT");
        return SocketIoDecodeResult.Of(new SocketIoPacket { Kind = header.Kind, Namespace = header.Namespace, Payload = header.Payload.ToArray() });
    }

    private static SocketIoDecodeResult Disconnect(in SocketIoHeader header)
    {
        if (!header.Payload.IsEmpty) return SocketIoDecodeResult.Violated("payload of DISCONNECT");
        return SocketIoDecodeResult.Of(new SocketIoPacket { Kind = header.Kind, Namespace = header.Namespace });
    }

    private SocketIoDecodeResult Arguments(in SocketIoHeader header)
    {
        var isEvent = header.Kind is SocketIoPacketKind.Event or SocketIoPacketKind.BinaryEvent;
        var kind = isEvent ? SocketIoPacketKind.Event : SocketIoPacketKind.Ack;
        if (header.Payload.IsEmpty && header.Attachments == 0) return Complete(new SocketIoPacket { Kind = kind, Namespace = header.Namespace, Id = header.Id });
        if (!ArgumentText.IsArray(header.Payload)) return SocketIoDecodeResult.Violated("payload is not an array");
        string? name = null;
        var json = ArgumentText.CopyArray(header.Payload);
        if (isEvent && ArgumentArray.TakeName(ref json, out name) is { } broken) return SocketIoDecodeResult.Violated(broken);
        if (header.Attachments > 0) return Await(kind, header, name, json);
        return Complete(new SocketIoPacket
        {
            Kind = kind,
            Namespace = header.Namespace,
            Id = header.Id,
            Event = name,
            Arguments = json.Length == "[]".Length ? EventArguments.Empty : new EventArguments(json, []),
        });
    }

    /// <summary>An event has a name, an answer says what it answers.</summary>
    private static SocketIoDecodeResult Complete(SocketIoPacket packet)
    {
        var hasEffect = packet.Kind == SocketIoPacketKind.Ack ? packet.Id is not null : packet.Event is not null;
        return hasEffect ? SocketIoDecodeResult.Of(packet) : SocketIoDecodeResult.Ignored(packet);
    }

    private SocketIoDecodeResult Await(SocketIoPacketKind kind, in SocketIoHeader header, string? name, byte[] json)
    {
        var placeholders = Placeholder.FindAll(json);
        if (!Placeholder.AllReferTo(header.Attachments, placeholders)) return SocketIoDecodeResult.Violated("placeholder without an attachment");
        // One attachment may stand in many places, and each place would become an attachment of what is sent on.
        if (placeholders.Count > maxAttachments) return SocketIoDecodeResult.Violated("too many placeholders");
        _unfinished = new Unfinished(kind, header.Namespace, header.Id, name, json, placeholders, header.Attachments);
        return SocketIoDecodeResult.NeedMore;
    }

    /// <summary>A packet whose attachments have not all come.</summary>
    private sealed record Unfinished(SocketIoPacketKind Kind, string Namespace, long? Id, string? Event, byte[] Json, List<Placeholder> Placeholders, int Expected)
    {
        public List<ReadOnlyMemory<byte>> Attachments { get; } = new(Expected);
    }
}
