using Arauto.Client.Connections;
using Arauto.Client.Tests.Scripting;

namespace Arauto.Client.Tests.Connections;

public sealed class TokenLifetimeTests
{
    [Fact]
    public void Expiry_is_read_from_the_claims()
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        Assert.Equal(end, TokenLifetime.Expiry(Tokens.With(end)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("opaque")]
    [InlineData("a.b")]
    [InlineData("a.!!!.c")]
    [InlineData("a.eyJzdWIiOiJhbGljZSJ9.c")]
    [InlineData("a.W10.c")]
    [InlineData("a.eyJleHAiOjFlMzAwfQ.c")]
    public void Token_without_a_readable_expiry_has_none(string token) => Assert.Null(TokenLifetime.Expiry(token));

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
