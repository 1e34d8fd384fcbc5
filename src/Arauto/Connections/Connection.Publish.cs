using Arauto.Auth;
using Arauto.Channels;
using Arauto.Protocol.Frames;
using Arauto.Publishing;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    private void Publish(PublishCommand command) =>
        Authorise(command, command.Channel, ChannelRight.Publish, join: false, static (connection, publish, rule) => connection.Publish(publish, rule));

    /// <summary>Hands the message to the publisher. Later commands do not wait for the log; order is kept by the order of the appends.</summary>
    private void Publish(PublishCommand command, ChannelRule rule)
    {
        if (_node.PublishLimiter.Check(_identity!, rule) is { } limited)
        {
            Refuse(command, limited);
            return;
        }
        var request = new PublishRequest
        {
            Channel = command.Channel,
            Event = command.Event,
            Data = command.Data,
            From = _identity!.User,
            Key = command.Key,
            CorrelationId = command.CorrelationId,
        };
        _writing++;
        LaneCompletion<PublishResult>.Then(
            Lane, _node.Publisher.PublishAsync(request, rule, CancellationToken.None), result => Written(() => Published(command, result)), e => Written(() => Fail(command, e)));
    }

    private void Published(PublishCommand command, PublishResult result)
    {
        if (!result.IsPublished) Refuse(command, result.Error);
        else if (command.Id is { } id) Reply(new PublishReply { Id = id, Outcome = result.Outcome });
        else Answered();
    }
}
