using Arauto.Client.Connections;

namespace Arauto.Client.Tests.Connections;

public sealed class TokenLifetimeTests
{
    [Theory]
    [InlineData(3600, 3540)]
    [InlineData(100, 80)]
    [InlineData(1, 1)]
    [InlineData(-5, 1)]
    public void Refresh_comes_before_the_end(int secondsLeft, int waits)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        Assert.Equal(TimeSpan.FromSeconds(waits), TokenLifetime.RefreshIn(now.AddSeconds(secondsLeft), now));
    }
}
