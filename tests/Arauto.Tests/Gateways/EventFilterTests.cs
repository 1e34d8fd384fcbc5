using Arauto.Gateways;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Tests.Gateways;

/// <summary>Code around handlers.</summary>
public sealed class EventFilterTests
{
    [Fact]
    public async Task Filters_run_from_the_builders_over_the_class_to_the_handler_and_back()
    {
        var bench = GatewayBench.Of<Filtered>(services => services.AddSingleton<Trail>().AddScoped<Inner>());
        bench.Builder.AddFilter(new Mark("builder")).AddFilter((context, next) =>
        {
            context.Services.GetRequiredService<Trail>().Steps.Add("function");
            return next(context);
        });
        Assert.Equal("""["builder,function,outer,inner,handler,inner,outer,builder"]""", (await bench.SendAsync("step")).Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_filter_may_answer_in_the_handlers_place()
    {
        var bench = new GatewayBench();
        var calls = 0;
        bench.Builder.On("get", () => ++calls).AddFilter((context, next) => context.Arguments.Count == 0 ? new ValueTask<object?>("cached") : next(context));
        Assert.Equal("""["cached"]""", await bench.SendAsync("get"));
        Assert.Equal("[1]", await bench.SendAsync("get", "[0]"));
    }

    [Fact]
    public async Task A_filter_may_change_arguments_and_results_and_refuse()
    {
        var bench = new GatewayBench();
        bench.Builder.On("double", (int number) => 2 * number).AddFilter(async (context, next) =>
        {
            if (context.Arguments.Count == 0) throw new GatewayException("Not without a number.") { Code = "empty" };
            context.Arguments = EventArguments.From([context.Arguments.Get<int>(0) + 1]);
            return $"<{await next(context)}>";
        });
        Assert.Equal("""["<8>"]""", await bench.SendAsync("double", "[3]"));
        Assert.Contains("\"empty\"", await bench.SendAsync("double"));
    }

    [Fact]
    public async Task Filters_and_handler_share_items_and_a_scope()
    {
        var bench = new GatewayBench(services => services.AddScoped<Trail>());
        bench.Builder.On("count", (EventContext context, Trail trail) => $"{context.Items["who"]}{trail.Steps.Count}").AddFilter((context, next) =>
        {
            context.Items["who"] = "me";
            context.Services.GetRequiredService<Trail>().Steps.Add("filter");
            return next(context);
        });
        Assert.Equal("""["me1"]""", await bench.SendAsync("count"));
        Assert.Equal("""["me1"]""", await bench.SendAsync("count"));
    }

    [Fact]
    public async Task A_lambda_may_carry_its_filter()
    {
        var bench = new GatewayBench(services => services.AddSingleton<Trail>());
        bench.Builder.On("step", [UseFilter<Outer>] (Trail trail) => string.Join(',', trail.Steps));
        Assert.Equal("""["outer"]""", await bench.SendAsync("step"));
    }

    [Fact]
    public async Task A_filter_that_is_no_service_is_made_and_disposed_for_each_event()
    {
        var bench = new GatewayBench(services => services.AddSingleton<Trail>());
        bench.Builder.On("step", (Trail trail) => string.Join(',', trail.Steps)).AddFilter<Passing>();
        Assert.Equal("""["made"]""", await bench.SendAsync("step"));
        Assert.Equal("""["made,disposed,made"]""", await bench.SendAsync("step"));
    }

    [Fact]
    public void A_filter_that_cannot_be_made_is_refused_at_start() =>
        Assert.Contains("Trail trail, which is not among the services", Assert.Throws<InvalidOperationException>(() => new GatewayBench().Builder.AddFilter<Passing>()).Message);

    [Fact]
    public async Task A_listener_to_any_event_hears_it_before_its_handler_and_what_has_none()
    {
        var bench = new GatewayBench();
        var heard = new List<string>();
        bench.Builder
            .On("known", () => { heard.Add("handler"); return 1; })
            .OnAny((EventContext context, EventArguments arguments) => heard.Add($"{context.Event}{GatewayBench.Text(arguments)}"))
            .OnAny(async (EventContext context, Acknowledgement acknowledge) =>
            {
                if (context.Event == "other") await acknowledge("any");
            });
        Assert.Equal("[1]", await bench.SendAsync("known", "[2]"));
        Assert.Equal("none", await bench.SendAsync("unknown"));
        Assert.Equal("""["any"]""", await bench.SendAsync("other"));
        Assert.Equal(["known[2]", "handler", "unknown[]", "other[]"], heard);
        Assert.True(bench.Definition.Has("whatever"));
    }

    public sealed class Trail
    {
        public List<string> Steps { get; } = [];
    }

    public sealed class Mark(string name) : IEventFilter
    {
        public async ValueTask<object?> InvokeAsync(EventContext context, EventDelegate next)
        {
            context.Services.GetRequiredService<Trail>().Steps.Add(name);
            return $"{await next(context)}, {name}";
        }
    }

    public sealed class Outer(Trail trail) : IEventFilter
    {
        public async ValueTask<object?> InvokeAsync(EventContext context, EventDelegate next)
        {
            trail.Steps.Add("outer");
            return context.Event == "step" && trail.Steps is ["outer"] ? await next(context) : $"{await next(context)}, outer";
        }
    }

    public sealed class Inner(Trail trail) : IEventFilter
    {
        public async ValueTask<object?> InvokeAsync(EventContext context, EventDelegate next)
        {
            trail.Steps.Add("inner");
            return $"{await next(context)}, inner";
        }
    }

    public sealed class Passing : IEventFilter, IDisposable
    {
        private readonly Trail _trail;

        public Passing(Trail trail)
        {
            _trail = trail;
            trail.Steps.Add("made");
        }

        public ValueTask<object?> InvokeAsync(EventContext context, EventDelegate next) => next(context);

        public void Dispose() => _trail.Steps.Add("disposed");
    }

    [UseFilter<Outer>]
    public sealed class Filtered(Trail trail) : Gateway
    {
        [Event("step")]
        [UseFilter<Inner>]
        public string Step()
        {
            trail.Steps.Add("handler");
            return string.Join(',', trail.Steps);
        }
    }
}
