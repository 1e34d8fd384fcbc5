using Arauto.Auth;

namespace Arauto.Tests.Auth;

public sealed class OriginPolicyTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("https://chat.example", true)]
    [InlineData("HTTPS://Chat.Example", true)]
    [InlineData("https://chat.example:443", true)]
    [InlineData("http://chat.example", false)]
    [InlineData("https://chat.example:8443", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://chat.example.evil.example", false)]
    [InlineData("https://chat.example@evil.example", false)]
    [InlineData("https://chat.example/", false)]
    [InlineData("https://chat.example https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("*", false)]
    [InlineData("file://", false)]
    [InlineData("https://app.example", true)]
    [InlineData("https://APP.example:443", true)]
    [InlineData("http://localhost:3000", false)]
    public void Production_allows_its_own_and_listed_origins(string? origin, bool allowed) =>
        Assert.Equal(allowed, new OriginPolicy(["https://app.example"], development: false).IsAllowed(origin, "https", "chat.example"));

    [Theory]
    [InlineData("http://localhost:3000", "127.0.0.1:8085", true)]
    [InlineData("https://127.0.0.1:1", "127.0.0.1:8085", true)]
    [InlineData("http://[::1]:5173", "127.0.0.1:8085", true)]
    [InlineData("http://127.0.0.1:8085", "127.0.0.1:8085", true)]
    [InlineData("http://localhost.evil.example", "127.0.0.1:8085", false)]
    [InlineData("http://rebound.evil.example:8085", "rebound.evil.example:8085", false)]
    [InlineData("null", "127.0.0.1:8085", false)]
    public void Development_allows_this_machine_only(string origin, string host, bool allowed) =>
        Assert.Equal(allowed, new OriginPolicy([], development: true).IsAllowed(origin, "http", host));

    [Theory]
    [InlineData("http://h", "h:80", true)]
    [InlineData("http://h:8085", "h:8085", true)]
    [InlineData("http://h:8085", "h", false)]
    [InlineData("http://h", null, false)]
    [InlineData("http://h", "h/x", false)]
    public void Own_origin_needs_the_same_port(string origin, string? host, bool allowed) => Assert.Equal(allowed, new OriginPolicy([], development: false).IsAllowed(origin, "http", host));

    [Fact]
    public void Asterisk_allows_any_even_null() => Assert.True(new OriginPolicy(["*"], development: false).IsAllowed("null", "http", "h"));

    [Fact]
    public void Entry_that_is_no_origin_is_refused() => Assert.Throws<ArgumentException>(() => new OriginPolicy(["app.example"], development: false));
}
