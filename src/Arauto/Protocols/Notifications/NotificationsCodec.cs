using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Protocols.Notifications;

/// <summary>
/// The plain push: each payload as it was published, and <c>{"type":"ping"}</c> answered by <c>{"type":"pong"}</c>. What a
/// client must not miss (gap, error, move) comes as in the native protocol, whose words no notification should use.
/// </summary>
internal sealed class NotificationsCodec : IServerCodec
{
    private NotificationsCodec()
    {
    }

    /// <summary>The codec; it has no state.</summary>
    public static NotificationsCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "notifications";

    /// <inheritdoc/>
    public bool IsBinary => false;

    /// <inheritdoc/>
    public bool TryDecodeCommand(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id)
    {
        if (!JsonCodec.Instance.TryDecodeCommand(frame, out command, out error, out id)) return false;
        if (command is PingCommand) return true;
        command = null;
        error = new ProtocolError(ErrorCode.InvalidMessage, "Notifications are only pushed here; the one thing to send is {\"type\":\"ping\"}. Commands go to /ws or the HTTP API.");
        return false;
    }

    /// <inheritdoc/>
    public void EncodeFrame(ServerFrame frame, IBufferWriter<byte> output)
    {
        switch (frame)
        {
            case MessageFrame message: output.Write(message.Data.Span); break;
            case PongFrame or GapFrame or ErrorFrame or MoveFrame: JsonCodec.Instance.EncodeFrame(frame, output); break;
        }
    }
}
