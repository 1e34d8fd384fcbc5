using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>The subscriptions that a request names, and the token it was made with.</summary>
internal sealed record FollowedSet(IReadOnlyList<SubscribeCommand> Commands, string? Token)
{
    /// <summary>Whether the request is what is wanted now: the same channels and token, and no subscription that was made after it.</summary>
    public bool Covers(IReadOnlyList<SubscribeCommand> wanted, string? token)
    {
        if (token != Token || wanted.Count != Commands.Count) return false;
        var followed = Commands.ToDictionary(static command => command.Channel, static command => command.Id, StringComparer.Ordinal);
        return wanted.All(command => followed.TryGetValue(command.Channel, out var id) && (command.Id is null || command.Id == id));
    }
}
