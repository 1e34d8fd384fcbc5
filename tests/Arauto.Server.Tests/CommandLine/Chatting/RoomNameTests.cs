using Arauto.Server.CommandLine.Chatting;

namespace Arauto.Server.Tests.CommandLine.Chatting;

public sealed class RoomNameTests
{
    [Theory]
    [InlineData("019A0000-0000-7000-8000-000000000001", "room:019a0000-0000-7000-8000-000000000001")]
    [InlineData("doc:7", "doc:7")]
    [InlineData("lobby", "public:lobby")]
    public void Room_is_a_uuid_a_channel_or_a_public_name(string room, string channel)
    {
        Assert.True(RoomName.TryToChannel(room, out var name));
        Assert.Equal(channel, name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("room:*")]
    public void Other_names_are_refused(string room) => Assert.False(RoomName.TryToChannel(room, out _));
}
