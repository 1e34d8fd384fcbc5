using Arauto.Client.Tests.Scripting;
using Arauto.Server.CommandLine.Chatting;

namespace Arauto.Server.Tests.CommandLine.Chatting;

public sealed class TypingUsersTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Typing_ends_by_itself_or_with_the_message()
    {
        var users = new TypingUsers(_time);
        users.Add("carol");
        users.Add("bob");
        Assert.Equal(["bob", "carol"], users.Now());
        users.Remove("bob");
        _time.Advance(TypingUsers.Lasts - TimeSpan.FromSeconds(1));
        users.Add("bob");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["bob"], users.Now());
    }

    [Fact]
    public void Flood_of_names_is_bounded()
    {
        var users = new TypingUsers(_time);
        for (var n = 0; n < 10_000; n++) users.Add("user" + n);
        Assert.InRange(users.Now().Count, 1, 100);
    }
}
