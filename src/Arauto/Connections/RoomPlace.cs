using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>A room of a socket, and its place there.</summary>
/// <param name="Channel">The room's channel.</param>
/// <param name="Rule">The channel's rule.</param>
/// <param name="Origin">Where the socket came in; what is not behind it was never for it. Default for a room that begins now.</param>
/// <param name="Sent">The last place known to be with the client; default for a room that begins now.</param>
internal readonly record struct RoomPlace(string Channel, ChannelRule Rule, Position Origin, Position Sent)
{
    /// <summary>Whether the room begins now.</summary>
    public bool IsNew => Sent.Epoch == default;
}
