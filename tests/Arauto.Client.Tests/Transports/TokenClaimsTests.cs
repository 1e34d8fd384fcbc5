using System.Buffers.Text;
using System.Text;
using Arauto.Client.Tests.Scripting;
using Arauto.Client.Transports;

namespace Arauto.Client.Tests.Transports;

public sealed class TokenClaimsTests
{
    [Fact]
    public void Expiry_is_read_from_the_claims()
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        Assert.Equal(new TokenClaims(end, "bob"), TokenClaims.Read(Tokens.With(end, "bob")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("opaque")]
    [InlineData("a.b")]
    [InlineData("a.!!!.c")]
    [InlineData("a.eyJzdWIiOiJhbGljZSJ9.c")]
    [InlineData("a.W10.c")]
    [InlineData("a.eyJleHAiOjFlMzAwfQ.c")]
    public void Token_without_a_readable_expiry_has_none(string token) => Assert.Null(TokenClaims.Read(token).Expiry);

    [Theory]
    [InlineData("""{"sub":"alice"}""", "alice")]
    [InlineData("""{"sub":"alice","user_id":"42"}""", "42")]
    [InlineData("""{"sub":7}""", null)]
    [InlineData("[]", null)]
    public void User_is_found_as_the_server_finds_it(string claims, string? user) =>
        Assert.Equal(user, TokenClaims.Read($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.s").User);
}
