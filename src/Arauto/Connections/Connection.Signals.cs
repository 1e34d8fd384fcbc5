using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    /// <summary>Tells the others in a channel that the user types. Not kept, may be dropped.</summary>
    private void Type(TypingCommand command)
    {
        if (!IsSubscribed(command.Channel))
        {
            Refuse(command, NotSubscribed(command.Channel));
            return;
        }
        _node.Feeds.PostEphemeral(command.Channel, new TypingFrame { Channel = command.Channel, User = _identity!.User }, this);
        Done(command);
    }

    /// <summary>Raises the user's marks, or lists everybody's.</summary>
    private void Receipt(ReceiptCommand command)
    {
        if (!TryGetSubscription(command.Channel, out var subscription))
        {
            Refuse(command, NotSubscribed(command.Channel));
            return;
        }
        if (command.Delivered is null && command.Read is null)
        {
            LaneCompletion<IReadOnlyList<Receipt>>.Then(
                Lane, _node.Receipts.ListAsync(command.Channel, CancellationToken.None), receipts => Reply(command, receipts), e => Fail(command, e));
            return;
        }
        var top = Math.Max(subscription.Sent.Offset, _node.Feeds.Find(command.Channel)?.Current?.Offset ?? 0);
        if (Math.Max(command.Delivered ?? 0, command.Read ?? 0) > top)
        {
            Refuse(command, new ProtocolError(ErrorCode.InvalidMessage, $"The channel's newest offset is {top}; a receipt cannot be above it."));
            return;
        }
        _writing++;
        LaneCompletion<Receipt?>.Then(
            Lane,
            _node.Receipts.RaiseAsync(command.Channel, _identity!.User, command.Delivered ?? 0, command.Read ?? 0, this, CancellationToken.None),
            _ => Written(() => Done(command)),
            e => Written(() => Fail(command, e)));
    }

    private void Reply(ReceiptCommand command, IReadOnlyList<Receipt> receipts)
    {
        if (command.Id is { } id) Reply(new ReceiptsReply { Id = id, Channel = command.Channel, Receipts = receipts });
        else Answered();
    }

    private static ProtocolError NotSubscribed(string channel) =>
        new(ErrorCode.NotSubscribed, $"This connection is not subscribed to \"{channel}\"; subscribe first.");
}
