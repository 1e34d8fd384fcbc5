using System.Text;
using Arauto.Server.CommandLine;

namespace Arauto.Server.Tests.CommandLine;

public sealed class JsonLineTests
{
    [Theory]
    [InlineData("""{"a":"x\ny"}""", """{"a":"x\ny"}""")]
    [InlineData("{\n  \"a\": 1\r\n}", "{   \"a\": 1  }")]
    public void Json_is_one_line(string json, string line) => Assert.Equal(line, Encoding.UTF8.GetString(JsonLine.Of(Encoding.UTF8.GetBytes(json))));
}
