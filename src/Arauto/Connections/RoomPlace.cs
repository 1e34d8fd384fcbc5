using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>A room of a socket, and its place there.</summary>
/// <param name="Channel">The room's channel.</param>
/// <param name="Rule">The channel's rule.</param>
/// <param name="Origin">Where the socket came in; what is not behind it was never for it. Default for a room that begins now.</param>
/// <param name="Sent">The last place known to be with the client; default for a room that begins now.</param>
/// <param name="CaughtUp">Where it was when its replay ended, which may be ahead of what the lane had delivered.</param>
/// <param name="CaughtUpAt">The number of the lane's next delivery at that moment.</param>
internal readonly record struct RoomPlace(string Channel, ChannelRule Rule, Position Origin, Position Sent, Position CaughtUp = default, long CaughtUpAt = 0)
{
    /// <summary>A room that begins now.</summary>
    public static RoomPlace New(string channel, ChannelRule rule) => new(channel, rule, default, default);


    /// <summary>Whether the room begins now.</summary>
    public bool IsNew => Sent.Epoch == default;
}
