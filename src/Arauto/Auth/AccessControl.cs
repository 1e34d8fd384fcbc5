using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Rooms;

namespace Arauto.Auth;

/// <summary>Who may do what on a channel: the token's own rights, then the channel's rule. Completes synchronously unless a room must be read from the store.</summary>
internal sealed class AccessControl(RoomDirectory rooms)
{
    private static ValueTask<ProtocolError?> Allowed => default;

    /// <summary>Checks one right.</summary>
    /// <param name="identity">Who.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="rule">Its rule.</param>
    /// <param name="right">What for.</param>
    /// <param name="join">Whether a user who may join a public room does so by this.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns><see langword="null"/> if allowed.</returns>
    /// <exception cref="Stores.StoreUnavailableException">The room could not be read.</exception>
    public ValueTask<ProtocolError?> CheckAsync(Identity identity, string channel, ChannelRule rule, ChannelRight right, bool join, CancellationToken cancellationToken)
    {
        if (identity.IsService || identity.Rights.Allows(channel, right)) return Allowed;
        return (right == ChannelRight.Publish ? rule.Publish : rule.Subscribe) switch
        {
            AccessRule.Any => Allowed,
            AccessRule.Self when ChannelName.IdOf(channel).SequenceEqual(identity.User) => Allowed,
            AccessRule.Members => CheckMemberAsync(identity, channel, right, join, cancellationToken),
            AccessRule.Service => Refuse(channel, right, "only service tokens may"),
            AccessRule.Self => Refuse(channel, right, "only the user whose id it carries may"),
            _ => Refuse(channel, right, "the token's claim \"channels\" must allow it"),
        };
    }

    private ValueTask<ProtocolError?> CheckMemberAsync(Identity identity, string channel, ChannelRight right, bool join, CancellationToken cancellationToken)
    {
        // In lower case only: each spelling would be a channel, and a log, of its own.
        if (!Guid.TryParseExact(ChannelName.IdOf(channel), "D", out var id) || ChannelName.IdOf(channel).ContainsAnyInRange('A', 'F'))
            return ValueTask.FromResult<ProtocolError?>(new ProtocolError(ErrorCode.UnknownChannel, "A room's id is a UUID, in lower case, as POST /v1/rooms returns it."));
        var find = rooms.FindAsync(id, cancellationToken);
        if (!find.IsCompletedSuccessfully) return FinishAsync(find);
        var room = find.GetAwaiter().GetResult();
        if (room is not null && room.Members.Contains(identity.User)) return Allowed;
        return FinishAsync(ValueTask.FromResult(room));

        async ValueTask<ProtocolError?> FinishAsync(ValueTask<Room?> finding)
        {
            var found = await finding.ConfigureAwait(false);
            if (found is null) return new ProtocolError(ErrorCode.UnknownChannel, "There is no room with this id.");
            if (found.Members.Contains(identity.User)) return null;
            if (!found.IsPublic) return new ProtocolError(ErrorCode.Forbidden, "Only members may; the room's owner or a service can add you.");
            if (right == ChannelRight.Publish) return new ProtocolError(ErrorCode.Forbidden, "Only members may publish; join by subscribing to the room.");
            return join ? await rooms.JoinAsync(id, identity.User, cancellationToken).ConfigureAwait(false) : null;
        }
    }

    private static ValueTask<ProtocolError?> Refuse(string channel, ChannelRight right, string who) =>
        ValueTask.FromResult<ProtocolError?>(new ProtocolError(
            ErrorCode.Forbidden, $"{(right == ChannelRight.Publish ? "Publishing to" : "Subscribing to")} \"{channel}\" is not allowed: {who}."));
}
