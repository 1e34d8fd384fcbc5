using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Arauto.Gateways;

namespace Arauto.Tests.Gateways;

public sealed partial class EventArgumentsTests
{
    private static readonly byte[] First = [1, 2, 3];
    private static readonly byte[] Second = [4];

    [Fact]
    public void Values_become_compact_JSON_in_UTF8() =>
        Assert.Equal("""[1,"ä<'&+て",null,true,[1.5],{"one":1,"two":null}]""", Text(EventArguments.From([1, "ä<'&+て", null, true, new[] { 1.5 }, new { One = 1, Two = (string?)null }])));

    [Fact]
    public void No_values_are_no_arguments()
    {
        Assert.Same(EventArguments.Empty, EventArguments.From([]));
        Assert.Equal("[]", Text(EventArguments.From([EventArguments.Empty, EventArguments.Empty])));
        Assert.Equal(0, EventArguments.Empty.Count);
    }

    [Fact]
    public void Bytes_at_any_depth_become_attachments_in_the_order_of_the_text()
    {
        var arguments = EventArguments.From([new { Z = new Part("x", First), A = (object)new ReadOnlyMemory<byte>(Second) }, new Dictionary<string, object?> { ["d"] = new Memory<byte>(First) }, new ArraySegment<byte>(Second)]);
        Assert.Equal("""[{"z":{"name":"x","content":{"_placeholder":true,"num":0}},"a":{"_placeholder":true,"num":1}},{"d":{"_placeholder":true,"num":2}},{"_placeholder":true,"num":3}]""", Text(arguments));
        Assert.Equal([First, Second, First, Second], Attachments(arguments));
    }

    [Fact]
    public void Bytes_are_taken_when_they_are_given()
    {
        byte[] bytes = [1];
        var arguments = EventArguments.From([bytes]);
        bytes[0] = 2;
        Assert.Equal([[1]], Attachments(arguments));
        arguments.Get<byte[]>(0)![0] = 3;
        Assert.Equal([[1]], Attachments(arguments));
    }

    [Fact]
    public void Arguments_among_the_values_are_spliced_and_renumbered()
    {
        var inner = EventArguments.From([First, "x", new Part("y", Second)]);
        var arguments = EventArguments.From([Second, inner, EventArguments.Empty, 5, inner.Skip(2)]);
        Assert.Equal("""[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},"x",{"name":"y","content":{"_placeholder":true,"num":2}},5,{"name":"y","content":{"_placeholder":true,"num":3}}]""", Text(arguments));
        Assert.Equal([Second, First, Second, Second], Attachments(arguments));
    }

    [Fact]
    public void Skipped_arguments_take_their_attachments_along()
    {
        var arguments = EventArguments.From([First, 1, Second]);
        Assert.Same(arguments, arguments.Skip(0));
        Assert.Equal("""[1,{"_placeholder":true,"num":0}]""", Text(arguments.Skip(1)));
        Assert.Equal([Second], Attachments(arguments.Skip(1)));
        Assert.Equal("[]", Text(arguments.Skip(3)));
        Assert.Equal("[]", Text(arguments.Skip(9)));
        Assert.Equal("[2]", Text(EventArguments.Parse("[ 1 , 2]"u8.ToArray()).Skip(1)));
    }

    [Fact]
    public void Arguments_are_appended()
    {
        Assert.Equal("""["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""", Text(EventArguments.From(["a", First]).Append([Second])));
        Assert.Equal("[1]", Text(EventArguments.Empty.Append([1])));
    }

    [Fact]
    public void Arguments_are_read_as_types_with_bytes_at_any_depth()
    {
        var arguments = EventArguments.From([First, new { name = "x", content = Second, more = new[] { First } }, 7, null]);
        Assert.Equal(4, arguments.Count);
        Assert.True(arguments.IsBinary(0));
        Assert.False(arguments.IsBinary(1));
        Assert.Equal(First, arguments.Binary(0).ToArray());
        Assert.Equal(First, arguments.Get<byte[]>(0));
        Assert.Equal(First, arguments.Get<ReadOnlyMemory<byte>>(0).ToArray());
        Assert.Equal(First, arguments.Get<Memory<byte>>(0).ToArray());
        Assert.Equal(First, arguments.Get<ArraySegment<byte>>(0).ToArray());
        var part = arguments.Get<Part>(1)!;
        Assert.Equal(("x", Second[0]), (part.Name, Assert.Single(part.Content)));
        Assert.Equal(First, Assert.Single(part.More!));
        var type = typeof(int);
        Assert.Equal(7, arguments.Get(2, type));
        Assert.Null(arguments.Get<byte[]>(3));
        Assert.Equal(0, arguments.Get<ReadOnlyMemory<byte>>(3).Length);
        Assert.Null(arguments.Get<int?>(3));
        Assert.Throws<InvalidOperationException>(() => arguments.Binary(2));
        Assert.Throws<JsonException>(() => arguments.Get<byte[]>(1));
        Assert.Throws<JsonException>(() => arguments.Get<string>(0));
    }

    [Fact]
    public void Base64_text_is_read_as_bytes_too()
    {
        Assert.Equal(First, EventArguments.Parse("[\"AQID\"]"u8.ToArray()).Get<byte[]>(0));
        Assert.Throws<JsonException>(() => EventArguments.Parse("[\"#\"]"u8.ToArray()).Get<byte[]>(0));
    }

    [Fact]
    public void An_argument_is_a_JSON_element()
    {
        var arguments = EventArguments.From(["x", new { a = First }]);
        Assert.Equal("x", arguments[0].GetString());
        Assert.Equal(0, arguments[1].GetProperty("a").GetProperty("num").GetInt32());
        Assert.Throws<ArgumentOutOfRangeException>(() => arguments[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => arguments[-1]);
    }

    [Fact]
    public void Without_attachments_a_placeholder_is_ordinary_data()
    {
        const string Plain = """[{"_placeholder":true,"num":0}]""";
        var arguments = EventArguments.Parse(Encoding.UTF8.GetBytes(Plain));
        Assert.False(arguments.IsBinary(0));
        Assert.Equal(Plain, Text(EventArguments.From([arguments])));
        Assert.Equal(Plain, Text(EventArguments.From([arguments[0]])));
        Assert.Throws<JsonException>(() => arguments.Get<byte[]>(0));
    }

    [Fact]
    public void Ordinary_data_that_would_be_taken_for_binary_is_refused_beside_binary()
    {
        var plain = EventArguments.Parse("""[{"a":{"_placeholder":true,"num":0}}]"""u8.ToArray());
        Assert.Throws<ArgumentException>(() => EventArguments.From([plain, First]));
        Assert.Throws<ArgumentException>(() => EventArguments.From([First, plain[0]]));
    }

    [Fact]
    public void Parsed_text_is_kept_and_its_placeholders_ordered()
    {
        Assert.Equal("""[1.50,{"b":1,"a":2}]""", Text(EventArguments.Parse("""  [1.50,{"b":1,"a":2}] """u8.ToArray())));
        var arguments = EventArguments.Parse("""[{"num":1,"_placeholder":true},{"_placeholder":true,"num":0}]"""u8.ToArray(), [First, Second]);
        Assert.Equal("""[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""", Text(arguments));
        Assert.Equal([Second, First], Attachments(arguments));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1")]
    [InlineData("[1]x")]
    [InlineData("[{\"_placeholder\":true,\"num\":1}]")]
    public void What_are_no_arguments_is_not_parsed(string json) =>
        Assert.Throws<JsonException>(() => EventArguments.Parse(Encoding.UTF8.GetBytes(json), [First]));

    [Fact]
    public void Options_of_the_application_apply_also_when_generated()
    {
        var options = new JsonSerializerOptions { TypeInfoResolver = PartJson.Default, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper };
        var arguments = EventArguments.From([new Part("x", First)], options);
        Assert.Equal("""[{"NAME":"x","CONTENT":{"_placeholder":true,"num":0}}]""", Text(arguments));
        Assert.Equal(First, arguments.Get<Part>(0, options)!.Content);
    }

    [Fact]
    public void A_value_that_makes_arguments_while_it_is_written_does_not_mix_them()
    {
        var arguments = EventArguments.From([First, new Nesting(), Second]);
        Assert.Equal("""[{"_placeholder":true,"num":0},{"inner":"[{\"_placeholder\":true,\"num\":0}]"},{"_placeholder":true,"num":1}]""", Text(arguments));
        Assert.Equal([First, Second], Attachments(arguments));
    }

    private static string Text(EventArguments arguments) => Encoding.UTF8.GetString(arguments.Json.Span);

    private static byte[][] Attachments(EventArguments arguments) => [.. arguments.Attachments.Select(bytes => bytes.ToArray())];

    private sealed record Part(string Name, byte[] Content)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public byte[][]? More { get; init; }
    }

    private sealed class Nesting
    {
        public string Inner { get; } = Text(EventArguments.From([First]));
    }

    [JsonSerializable(typeof(Part))]
    private sealed partial class PartJson : JsonSerializerContext;
}
