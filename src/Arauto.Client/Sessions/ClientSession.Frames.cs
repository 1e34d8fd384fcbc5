using Arauto.Client.Connections;
using Arauto.Client.Transports;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <content>What each of the server's frames means: one switch, each case one call.</content>
internal sealed partial class ClientSession
{
    void ILinkHandler.OnFrame(Link link, ServerFrame frame, ReadOnlySpan<byte> bytes)
    {
        switch (frame)
        {
            case MessageFrame message: Deliver(link, message, bytes); break;
            case SubscribeReply reply: Activate(reply); break;
            case ReplyFrame reply: Complete(reply.Id, reply, bytes); break;
            case PongFrame pong: Complete(pong.Id, pong, bytes); break;
            case ErrorFrame error: Refuse(error); break;
            // The link acts on moves itself, and any frame is a sign of life.
            case MoveFrame or HeartbeatFrame or ConnectedFrame: break;
            default: _observer.OnEvent(frame); break;
        }
    }

    void ILinkHandler.OnUnreadable(string reason) => _observer.OnUnreadable(reason);

    private void Refuse(ErrorFrame error)
    {
        if (RefuseSubscription(error)) return;
        if (error.Id is { } id)
        {
            Commands.PendingCommand? command;
            lock (_gate) _pending.TryGetValue(id, out command);
            if (command is not null)
            {
                command.Answer.TrySetException(error.ToException());
                return;
            }
        }
        _observer.OnEvent(error);
    }
}
