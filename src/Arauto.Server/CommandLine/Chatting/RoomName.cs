using Arauto.Protocol;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>What people call a room, as the name of its channel.</summary>
internal static class RoomName
{
    /// <summary>A UUID is a room, a name with a colon is a channel already, any other name is a public channel of development mode.</summary>
    public static bool TryToChannel(string room, out string channel)
    {
        channel = Guid.TryParseExact(room, "D", out var id) ? $"room:{id:D}" : room.Contains(':') ? room : "public:" + room;
        return room.Length > 0 && ChannelName.IsValid(channel);
    }
}
