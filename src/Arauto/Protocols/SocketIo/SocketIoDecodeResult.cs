namespace Arauto.Protocols.SocketIo;

/// <summary>What a decoder made of a message.</summary>
/// <param name="Status">Which of the following is set.</param>
/// <param name="Packet">The packet, if it is complete or ignored.</param>
/// <param name="Violation">For the log: what is wrong with the message.</param>
internal readonly record struct SocketIoDecodeResult(SocketIoDecodeStatus Status, SocketIoPacket? Packet, string? Violation)
{
    public static SocketIoDecodeResult NeedMore { get; } = new(SocketIoDecodeStatus.NeedMore, null, null);

    public static SocketIoDecodeResult Of(SocketIoPacket packet) => new(SocketIoDecodeStatus.Packet, packet, null);

    public static SocketIoDecodeResult Ignored(SocketIoPacket packet) => new(SocketIoDecodeStatus.Ignored, packet, null);

    public static SocketIoDecodeResult Violated(string rule) => new(SocketIoDecodeStatus.Violation, null, rule);
}
