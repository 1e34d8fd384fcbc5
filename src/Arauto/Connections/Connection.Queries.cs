using Arauto.Auth;
using Arauto.Channels;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private void History(HistoryCommand command) =>
        Authorise(command, command.Channel, ChannelRight.Subscribe, join: false, static (connection, history, rule) => connection.History(history, rule));

    private void History(HistoryCommand command, ChannelRule rule) =>
        LaneCompletion<HistoryResult>.Then(
            Lane,
            _node.History.ReadAsync(command.Channel, rule, command.Before, command.After, command.Limit, CancellationToken.None),
            result => Reply(command, result),
            e => Fail(command, e));

    private void Reply(HistoryCommand command, HistoryResult result)
    {
        if (!result.IsPage)
        {
            Refuse(command, result.Error);
            return;
        }
        if (command.Id is { } id)
        {
            SendControl(new HistoryReply
            {
                Id = id,
                Channel = command.Channel,
                Messages = result.Messages,
                Position = result.Position,
                More = result.More,
            });
        }
        Answered();
    }

    private void ListPresence(PresenceCommand command) =>
        Authorise(command, command.Channel, ChannelRight.Subscribe, join: false, static (connection, presence, rule) => connection.ListPresence(presence, rule));

    private void ListPresence(PresenceCommand command, ChannelRule rule)
    {
        if (!rule.Presence) Refuse(command, new ProtocolError(ErrorCode.Forbidden, $"Channels under \"{rule.Prefix}\" keep no presence (channels.presence)."));
        else if (command.Id is { } id)
        {
            LaneCompletion<IReadOnlyList<PresentUser>>.Then(
                Lane,
                _node.Presence.ListAsync(command.Channel, CancellationToken.None),
                users => Reply(new PresenceReply { Id = id, Channel = command.Channel, Users = users }),
                e => Fail(command, e));
        }
        else Answered();
    }
}
