using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Arauto.Gateways;
using Arauto.Gateways.Arguments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Tests.Gateways;

/// <summary>Where the parameters of handlers come from.</summary>
public sealed class ArgumentTests
{
    private static readonly byte[] Bytes = [1, 2, 3];

    public enum Tool
    {
        Pen,
        Brush,
    }

    public sealed record Stroke(string Color, IReadOnlyList<double> Points, byte[]? Texture = null);

    public interface IClockwork
    {
        string Tick();
    }

    [Fact]
    public async Task Arguments_are_taken_in_their_order_whatever_stands_between()
    {
        var bench = new GatewayBench();
        bench.Builder.On("all", (Socket socket, string text, CancellationToken stop, int number, EventContext context, bool flag, double fraction, Stroke stroke, JsonElement any, Guid id) =>
            string.Join('|', socket is not null, text, stop.CanBeCanceled, number, context.Event, flag, fraction, stroke.Color, stroke.Points.Count, any.GetProperty("x"), id));
        var answer = await bench.SendAsync("all", """["a",-7,true,2.5,{"color":"red","points":[1,2]},{"x":[null]},"019aa0c8-3c00-7000-8000-000000000001"]""");
        Assert.Equal("""["True|a|False|-7|all|True|2.5|red|2|[null]|019aa0c8-3c00-7000-8000-000000000001"]""", answer);
    }

    [Fact]
    public async Task Binary_arguments_are_bytes_also_inside_objects()
    {
        var bench = new GatewayBench();
        bench.Builder.On("bytes", (byte[] first, ReadOnlyMemory<byte> second, Stroke stroke) => first.Length + second.Length + stroke.Texture!.Length);
        var answer = await bench.SendAsync(
            "bytes",
            """[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1},{"color":"c","points":[],"texture":{"_placeholder":true,"num":2}}]""",
            null, Bytes, [4], []);
        Assert.Equal("[4]", answer);
    }

    [Fact]
    public async Task Binary_results_are_attachments()
    {
        var bench = new GatewayBench();
        bench.Builder.On("texture", () => new Stroke("c", [], Bytes));
        var answer = await bench.Definition.InvokeAsync(GatewayBench.NewSocket(), "texture", EventArguments.Empty, _ => default, CancellationToken.None);
        Assert.Equal(Bytes, Assert.Single(answer!.Attachments).ToArray());
        Assert.Contains("_placeholder", GatewayBench.Text(answer));
    }

    [Fact]
    public async Task Where_there_are_no_attachments_binary_is_base64_both_ways()
    {
        var bench = new GatewayBench();
        bench.Builder.On("bytes", (byte[] bytes) => new { Size = bytes.Length, Twice = (byte[][])[bytes, bytes], Empty = Array.Empty<byte>() });
        var answer = await bench.Definition.InvokeAsync(GatewayBench.NewSocket(), "bytes", GatewayBench.Parse("""["AQID"]"""), _ => default, CancellationToken.None);
        Assert.Equal(3, answer!.Attachments.Count);
        Assert.Equal("""[{"size":3,"twice":["AQID","AQID"],"empty":""}]""", Encoding.UTF8.GetString(answer.ToInlineJson().Span));
        Assert.Equal("[1]", Encoding.UTF8.GetString(GatewayBench.Parse("[1]").ToInlineJson().Span));
        Assert.Contains("Argument 1 (bytes) does not have the expected form.", await bench.SendAsync("bytes", """["?"]"""));
    }

    [Fact]
    public async Task Event_arguments_take_all_that_are_left()
    {
        var bench = new GatewayBench();
        bench.Builder.On("say", (string room, EventArguments rest) => rest);
        Assert.Equal("""[1,{"b":2}]""", await bench.SendAsync("say", """["r",1,{"b":2}]"""));
        Assert.Equal("[]", await bench.SendAsync("say", """["r"]"""));
    }

    [Fact]
    public async Task Services_are_no_arguments()
    {
        var bench = new GatewayBench(services => services.AddSingleton<Clock>().AddKeyedSingleton<IClockwork>("loud", new Clock("BOOM")));
        bench.Builder.On("tick", ([FromServices] Clock asked, string text, Clock plain, [FromKeyedServices("loud")] IClockwork keyed, IServiceProvider services, IEnumerable<int> numbers) =>
            $"{text}{ReferenceEquals(asked, plain)}{keyed.Tick()}{services.GetRequiredService<Clock>().Tick()}{numbers.Sum()}");
        Assert.Equal("""["xTrueBOOMtick6"]""", await bench.SendAsync("tick", """["x",[1,2,3]]"""));
    }

    [Fact]
    public async Task What_is_missing_is_the_default_or_null()
    {
        var bench = new GatewayBench();
        bench.Builder.On("paint", (Tool tool = Tool.Brush, int? size = 3, string? color = null, DateTime at = default, string name = "none", int? count = null) => $"{tool}|{size}|{color}|{at.Ticks}|{name}|{count}");
        Assert.Equal("""["Brush|3||0|none|"]""", await bench.SendAsync("paint"));
        Assert.Equal("""["Pen||blue|0|none|"]""", await bench.SendAsync("paint", """[0,null,"blue"]"""));
    }

    [Theory]
    [InlineData("[]", "Argument 1 (text) is missing.")]
    [InlineData("[null,1]", "Argument 1 (text) must not be null.")]
    [InlineData("""["a"]""", "Argument 2 (number) is missing.")]
    [InlineData("""["a",null]""", "Argument 2 (number) does not have the expected form.")]
    [InlineData("""["a",true]""", "Argument 2 (number) does not have the expected form.")]
    [InlineData("""["a",1e99]""", "Argument 2 (number) does not have the expected form.")]
    [InlineData("""["a",1,{"color":"c","points":[1,"x"]}]""", "Argument 3 (stroke) does not have the expected form at $.points[1].")]
    [InlineData("""["a",1,[]]""", "Argument 3 (stroke) does not have the expected form.")]
    public async Task What_is_not_of_the_form_is_refused_and_named(string arguments, string message)
    {
        var bench = new GatewayBench();
        var calls = 0;
        bench.Builder.On("strict", (string text, int number, Stroke? stroke) => calls++);
        var error = JsonElement.Parse(await bench.SendAsync("strict", arguments))[0].GetProperty("error");
        Assert.Equal(("invalid_message", message), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task Json_is_read_and_written_as_the_options_say()
    {
        var bench = new GatewayBench(null, options => options.Json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper, Converters = { new JsonStringEnumConverter() } });
        bench.Builder.On("paint", (Tool tool) => new { LastTool = tool });
        Assert.Equal("""[{"LAST_TOOL":"Brush"}]""", await bench.SendAsync("paint", """["Brush"]"""));
        Assert.StartsWith("""[{"error":{"code":""", await bench.SendAsync("paint", "[true]"));
    }

    [Fact]
    public async Task A_bound_static_method_and_a_method_group_are_handlers()
    {
        var bench = new GatewayBench();
        bench.Builder.On("bound", "prefix ".Join).On("group", Joining.Length);
        Assert.Equal("""["prefix a"]""", await bench.SendAsync("bound", """["a"]"""));
        Assert.Equal("[3]", await bench.SendAsync("group", """["abc"]"""));
    }

    public sealed class Clock(string sound = "tick") : IClockwork
    {
        public string Tick() => sound;
    }
}

internal static class Joining
{
    public static int Length(string text) => text.Length;

    public static string Join(this string first, string second) => first + second;
}
