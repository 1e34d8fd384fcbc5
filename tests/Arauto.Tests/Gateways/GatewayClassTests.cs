using Arauto.Gateways;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Gateways;

/// <summary>Gateways as classes: instances, services, coming and going.</summary>
public sealed class GatewayClassTests
{
    [Fact]
    public async Task Each_event_has_an_instance_and_a_scope_of_its_own_and_both_are_disposed()
    {
        var bench = GatewayBench.Of<Counting>(Services);
        Assert.Equal("[1]", await bench.SendAsync("count"));
        Assert.Equal("[1]", await bench.SendAsync("count"));
        var life = bench.Life();
        Assert.Equal(["gateway made", "scoped made", "gateway disposed", "scoped disposed", "gateway made", "scoped made", "gateway disposed", "scoped disposed"], life);
    }

    [Fact]
    public async Task An_instance_is_disposed_when_its_handler_fails()
    {
        var bench = GatewayBench.Of<Counting>(Services);
        Assert.Contains("internal", await bench.SendAsync("fail"));
        Assert.Contains("gateway disposed", bench.Life());
    }

    [Fact]
    public async Task The_caller_is_known_to_the_handler_but_not_in_the_constructor()
    {
        var bench = GatewayBench.Of<Callers>();
        var socket = GatewayBench.NewSocket();
        Socket? seen = null;
        Callers.Seen = found => seen = found;
        await bench.SendAsync("who", socket: socket);
        Assert.Same(socket, seen);
        await bench.Definition.ServerEventAsync("who", EventArguments.Empty);
        await bench.Logged.HasAsync(line => line.Level == LogLevel.Error && line.Exception!.Message.Contains("There is no socket here", StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => new Callers().Socket);
    }

    [Fact]
    public async Task Static_handlers_need_no_instance()
    {
        var bench = GatewayBench.Of<Counting>(Services);
        Assert.Equal("[3]", await bench.SendAsync("static", "[3]"));
        Assert.Empty(bench.Life());
    }

    [Fact]
    public async Task Handlers_are_inherited_and_an_override_keeps_its_event()
    {
        var bench = GatewayBench.Of<Derived>();
        Assert.Equal("""["derived"]""", await bench.SendAsync("name"));
        Assert.Equal("""["base"]""", await bench.SendAsync("kept"));
    }

    [Fact]
    public async Task One_method_may_answer_several_events()
    {
        var bench = GatewayBench.Of<TwoNames>();
        Assert.Equal("""["a"]""", await bench.SendAsync("a"));
        Assert.Equal("""["b"]""", await bench.SendAsync("b"));
    }

    [Fact]
    public async Task A_class_may_get_more_handlers_without_a_class()
    {
        var bench = GatewayBench.Of<TwoNames>();
        bench.Builder.On("c", () => "c");
        Assert.Equal("""["a"]""", await bench.SendAsync("a"));
        Assert.Equal("""["c"]""", await bench.SendAsync("c"));
    }

    [Fact]
    public async Task Coming_and_going_is_told_in_order_each_in_a_scope_of_its_own()
    {
        var bench = GatewayBench.Of<Coming>(Services);
        bench.Builder
            .OnConnecting((ConnectContext context, Life life) => life.Steps.Add($"connecting {context.Socket is not null}"))
            .OnConnected((Socket socket, Life life) => life.Steps.Add($"connected {socket is not null}"))
            .OnDisconnecting((string reason, Life life) => life.Steps.Add($"disconnecting {reason}"))
            .OnDisconnected((Life life, string reason, CancellationToken stop) => life.Steps.Add($"disconnected {reason} {stop.CanBeCanceled}"));
        var socket = GatewayBench.NewSocket();
        Assert.Null(await bench.Definition.ConnectingAsync(new ConnectContext(socket, CancellationToken.None)));
        await bench.Definition.DisconnectingAsync(socket, "transport close");
        await bench.Definition.DisconnectedAsync(socket, "transport close");
        Assert.Equal(
            ["class connecting", "connecting True", "class disconnecting transport close", "disconnecting transport close", "class disconnected transport close", "disconnected transport close False"],
            bench.Life());
    }

    [Fact]
    public async Task Who_is_refused_is_not_asked_about_any_further()
    {
        var bench = new GatewayBench();
        var asked = 0;
        bench.Builder
            .OnConnecting((ConnectContext context) => context.Refuse("Auth failed", new { Code = 42 }))
            .OnConnecting(() => { asked++; });
        var refusal = await bench.Definition.ConnectingAsync(new ConnectContext(GatewayBench.NewSocket(), CancellationToken.None));
        Assert.Equal("Auth failed", refusal!.Message);
        Assert.NotNull(refusal.Data);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task An_exception_refuses_and_only_a_gateways_own_says_why()
    {
        var told = new GatewayBench();
        told.Builder.OnConnecting(new Action(() => throw new GatewayException("Not you.", 7)));
        Assert.Equal(new ConnectRefusal("Not you.", 7), await told.Definition.ConnectingAsync(new ConnectContext(GatewayBench.NewSocket(), CancellationToken.None)));

        var untold = new GatewayBench();
        untold.Builder.OnConnecting(new Action(() => throw new InvalidOperationException("hunter2")));
        var refusal = await untold.Definition.ConnectingAsync(new ConnectContext(GatewayBench.NewSocket(), CancellationToken.None));
        Assert.DoesNotContain("hunter2", refusal!.Message);
        await untold.Logged.HasAsync(line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_failure_while_a_client_goes_is_logged_and_harms_nobody()
    {
        var bench = new GatewayBench();
        bench.Builder.OnDisconnected(new Action(() => throw new InvalidOperationException("broken")));
        await bench.Definition.DisconnectedAsync(GatewayBench.NewSocket(), "transport close");
        await bench.Logged.HasAsync(line => line.Exception is { Message: "broken" });
    }

    [Fact]
    public async Task Events_of_servers_come_with_their_arguments()
    {
        var bench = GatewayBench.Of<Serving>(services => services.AddSingleton<Life>());
        bench.Builder.OnServerEvent("other", (EventArguments all, Life life) => life.Steps.Add(GatewayBench.Text(all)));
        await bench.Definition.ServerEventAsync("reload", GatewayBench.Parse("""["d1",3]"""));
        await bench.Definition.ServerEventAsync("other", GatewayBench.Parse("[1,2]"));
        Assert.Equal(0, (await bench.Definition.ServerEventAsync("unknown", EventArguments.Empty)).Count);
        Assert.Equal(["reload d1 3", "[1,2]"], bench.Life());
        Assert.Equal("none", await bench.SendAsync("reload", """["d1",3]"""));
        Assert.Contains("Argument 1 (document) is missing.", GatewayBench.Text(await bench.Definition.ServerEventAsync("reload", EventArguments.Empty)));
    }

    [Fact]
    public async Task What_the_handler_of_a_server_event_returns_is_its_answer()
    {
        var bench = new GatewayBench();
        bench.Builder.OnServerEvent("count", (int by) => Task.FromResult(by + 1)).OnServerEvent("done", () => { }).OnServerEvent("fails", new Action(() => throw new InvalidOperationException("broken")));
        Assert.Equal("[3]", GatewayBench.Text(await bench.Definition.ServerEventAsync("count", GatewayBench.Parse("[2]"))));
        Assert.Equal("[]", GatewayBench.Text(await bench.Definition.ServerEventAsync("done", EventArguments.Empty)));
        Assert.Contains("\"internal\"", GatewayBench.Text(await bench.Definition.ServerEventAsync("fails", EventArguments.Empty)));
        await bench.Logged.HasAsync(line => line.Exception is { Message: "broken" });
    }

    private static void Services(IServiceCollection services) => services.AddSingleton<Life>().AddScoped<Scoped>();

    public sealed class Life
    {
        public List<string> Steps { get; } = [];
    }

    public sealed class Scoped : IDisposable
    {
        private readonly Life _life;
        private int _count;

        public Scoped(Life life)
        {
            _life = life;
            life.Steps.Add("scoped made");
        }

        public int Next() => ++_count;

        public void Dispose() => _life.Steps.Add("scoped disposed");
    }

    public sealed class Counting : Gateway, IAsyncDisposable
    {
        private readonly Life _life;

        public Counting(Life life)
        {
            _life = life;
            life.Steps.Add("gateway made");
        }

        [Event("count")]
        public async Task<int> CountAsync(Scoped scoped)
        {
            await Task.Yield();
            Assert.Contains("gateway made", _life.Steps);
            return scoped.Next();
        }

        [Event("static")]
        public static int Static(int number) => number;

        [Event("fail")]
        public void Fail() => throw new InvalidOperationException($"broken after {_life.Steps.Count} steps");

        public ValueTask DisposeAsync()
        {
            _life.Steps.Add("gateway disposed");
            return default;
        }
    }

    public sealed class Callers : Gateway
    {
        public static Action<Socket>? Seen { get; set; }

        [Event("who")]
        [ServerEvent("who")]
        public void Who() => Seen!(Socket);
    }

    public class Base : Gateway
    {
        [Event("name")]
        public virtual string Name() => "base";

        [Event("kept")]
        public static string Kept() => "base";
    }

    public sealed class Derived : Base
    {
        public override string Name() => "derived";
    }

    public sealed class TwoNames : Gateway
    {
        [Event("a")]
        [Event("b")]
        public static string Name(EventContext context) => context.Event;
    }

    public sealed class Coming(Life life) : Gateway
    {
        public override ValueTask OnConnectingAsync(ConnectContext context) => Step("class connecting");

        public override ValueTask OnDisconnectingAsync(string reason) => Step($"class disconnecting {reason}");

        public override ValueTask OnDisconnectedAsync(string reason) => Step($"class disconnected {reason}");

        private ValueTask Step(string step)
        {
            life.Steps.Add(step);
            return default;
        }
    }

    public sealed class Serving(Life life) : Gateway
    {
        [ServerEvent("reload")]
        public void Reload(string document, int version) => life.Steps.Add($"reload {document} {version}");
    }
}

internal static class Lives
{
    public static List<string> Life(this GatewayBench bench) => bench.Get<GatewayClassTests.Life>().Steps;
}
