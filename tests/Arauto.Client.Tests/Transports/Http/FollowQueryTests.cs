using Arauto.Client.Transports.Http;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Tests.Transports.Http;

public sealed class FollowQueryTests
{
    [Theory]
    [InlineData("a", "channels=a&events=true")]
    [InlineData("room:1@x", "channels=room%3A1&since=x&events=true")]
    [InlineData("a@x b@x c", "channels=a,b,c&since=x&events=true")]
    [InlineData("a@x b@longer c@y", "channels=a,b,c&since=longer,x,y&events=true")]
    [InlineData("a&b=c@x#", "channels=a%26b%3Dc&since=x%23&events=true")]
    public void Cursors_are_named_once_and_those_of_many_channels_first(string wanted, string query) =>
        Assert.Equal(query, FollowQuery.Of([.. wanted.Split(' ').Select(Command)], ""));

    [Fact]
    public void Further_parameters_follow() => Assert.Equal("channels=a&since=c&events=true&wait=25", FollowQuery.Of([Command("a@x")], "c", "wait=25"));

    private static SubscribeCommand Command(string text)
    {
        var parts = text.Split('@');
        return new SubscribeCommand { Channel = parts[0], Since = parts.Length > 1 ? parts[1] : null };
    }
}
