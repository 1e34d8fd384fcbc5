using Arauto.Server.CommandLine;

namespace Arauto.Server.Tests.CommandLine;

public sealed class ClaimArgumentTests
{
    [Theory]
    [InlineData("team=blue", "team", "\"blue\"")]
    [InlineData("level=3", "level", "3")]
    [InlineData("on=true", "on", "true")]
    [InlineData("""channels={"room:*":["subscribe"]}""", "channels", """{"room:*":["subscribe"]}""")]
    [InlineData("formula=a=b", "formula", "\"a=b\"")]
    [InlineData("empty=", "empty", "\"\"")]
    [InlineData("text=\"3\"", "text", "\"3\"")]
    public void Value_is_json_if_it_is_json_and_text_otherwise(string text, string name, string json)
    {
        Assert.True(ClaimArgument.TryParse(text, out var claim));
        Assert.Equal((name, json), (claim.Key, claim.Value.GetRawText()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("=value")]
    public void Claim_without_a_name_or_value_is_refused(string text) => Assert.False(ClaimArgument.TryParse(text, out _));
}
