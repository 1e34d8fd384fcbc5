using System.Text.Json;
using Arauto.Auth;

namespace Arauto.Tests.Auth;

public sealed class ChannelRightsTests
{
    private static ChannelRights Parse(string claim)
    {
        Assert.True(ChannelRights.TryParse(JsonSerializer.Deserialize<JsonElement>(claim), out var rights, out var problem), problem);
        return rights;
    }

    [Theory]
    [InlineData("""{"room:1":["subscribe"]}""", "room:1", ChannelRight.Subscribe, true)]
    [InlineData("""{"room:1":["subscribe"]}""", "room:1", ChannelRight.Publish, false)]
    [InlineData("""{"room:1":["subscribe"]}""", "room:12", ChannelRight.Subscribe, false)]
    [InlineData("""{"room:1":["subscribe"]}""", "ROOM:1", ChannelRight.Subscribe, false)]
    [InlineData("""{"room:*":["subscribe","publish"]}""", "room:12", ChannelRight.Publish, true)]
    [InlineData("""{"room:*":["subscribe"]}""", "rooms", ChannelRight.Subscribe, false)]
    [InlineData("""{"room:*":["subscribe"],"room:1":["publish"]}""", "room:1", ChannelRight.Subscribe | ChannelRight.Publish, true)]
    [InlineData("""{"room:*":["subscribe"],"room:1":["publish"]}""", "room:2", ChannelRight.Subscribe | ChannelRight.Publish, false)]
    [InlineData("""{"*":["publish"]}""", "broadcast", ChannelRight.Publish, true)]
    [InlineData("""{"*":["publish"]}""", "broadcast", ChannelRight.None, false)]
    [InlineData("""{"*":[]}""", "broadcast", ChannelRight.Publish, false)]
    [InlineData("{}", "broadcast", ChannelRight.Subscribe, false)]
    public void Rights_of_matching_entries_add_up(string claim, string channel, ChannelRight right, bool allowed) => Assert.Equal(allowed, Parse(claim).Allows(channel, right));

    [Fact]
    public void Entries_are_bounded()
    {
        static string Claim(int count) => $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"doc:{i}\":[\"publish\"]"))}}}";
        Assert.True(Parse(Claim(256)).Allows("doc:255", ChannelRight.Publish));
        Assert.False(ChannelRights.TryParse(JsonSerializer.Deserialize<JsonElement>(Claim(257)), out _, out var problem));
        Assert.Contains("256", problem, StringComparison.Ordinal);
    }
}
