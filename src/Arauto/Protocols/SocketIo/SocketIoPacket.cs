using Arauto.Gateways;

namespace Arauto.Protocols.SocketIo;

/// <summary>One packet of a client, with its attachments.</summary>
internal sealed class SocketIoPacket
{
    /// <summary>The type; with attachments it is still <see cref="SocketIoPacketKind.Event"/> or <see cref="SocketIoPacketKind.Ack"/>.</summary>
    public required SocketIoPacketKind Kind { get; init; }

    /// <summary>The namespace: <c>/</c> or a name that begins with a slash.</summary>
    public required string Namespace { get; init; }

    /// <summary>The number under which an answer is expected, or which is answered; at most 2^53-1.</summary>
    public long? Id { get; init; }

    /// <summary>The name of the event, for a number its text; <see langword="null"/> if the packet is no event.</summary>
    public string? Event { get; init; }

    /// <summary>The arguments of an event or answer.</summary>
    public EventArguments Arguments { get; init; } = EventArguments.Empty;

    /// <summary>The JSON object of a <see cref="SocketIoPacketKind.Connect"/>; empty if the client sent none.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
