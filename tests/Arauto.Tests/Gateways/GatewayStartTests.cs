using Arauto.Auth;
using Arauto.Gateways;
using Arauto.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Tests.Gateways;

/// <summary>Whatever is wrong with handlers stops the start, in words that name it.</summary>
public sealed class GatewayStartTests
{
    public delegate void ByReference(ref int number);

    public delegate void OfSpan(ReadOnlySpan<byte> bytes);

    public static TheoryData<string, Delegate, string> UnfitHandlers => new()
    {
        { "reference", new ByReference((ref number) => { }), "ref" },
        { "span", new OfSpan(_ => { }), "is passed by reference" },
        { "params", (params string[] rest) => { }, "take EventArguments" },
        { "interface", (IDisposable something) => { }, "IDisposable something" },
        { "abstract class", (Stream stream) => { }, "neither among the services nor a type that JSON can be read as" },
        { "delegate", (Action action) => { }, "neither among the services" },
        { "type", (Type type) => { }, "neither among the services" },
        { "service that is none", ([FromServices] GatewayStartTests tests) => { }, "is to come from the services, where it is not" },
        { "keyed service that is none", ([FromKeyedServices("k")] GatewayStartTests tests) => { }, "none with the key k" },
        { "arguments behind the rest", (EventArguments rest, int number) => { }, "stands behind EventArguments" },
        { "connect context", (ConnectContext context) => { }, "does not exist where this handler is called (Event)" },
        { "result beside the acknowledgement", (Acknowledgement acknowledge) => 1, "it has the acknowledgement in its own hands" },
        { "stream of results", () => AsyncEnumerable.Empty<int>(), "cannot be sent" },
        { "task of a task", () => Task.FromResult(Task.CompletedTask), "cannot be sent" },
        { "async void", AsyncVoid(), "async void" },
    };

    [Theory]
    [MemberData(nameof(UnfitHandlers))]
    public void A_handler_that_cannot_be_called_is_refused(string name, Delegate handler, string says)
    {
        var message = Assert.Throws<InvalidOperationException>(() => new GatewayBench().Builder.On(name, handler)).Message;
        Assert.Contains(says, message);
        Assert.Contains($"The handler of \"{name}\" in /test", message);
    }

    [Fact]
    public void Hooks_and_server_events_take_what_there_is()
    {
        var builder = new GatewayBench().Builder;
        Refused(() => builder.OnConnected((string reason) => { }), "is called without arguments");
        Refused(() => builder.OnConnected((EventArguments arguments) => { }), "(Connected)");
        Refused(() => builder.OnConnecting(() => true), "returns System.Boolean, which nobody receives");
        Refused(() => builder.OnDisconnected((string reason, int code) => { }), "Int32 code");
        Refused(() => builder.OnServerEvent("e", (Socket socket) => { }), "(ServerEvent)");
        Refused(() => builder.OnServerEvent("e", (EventContext context) => { }), "(ServerEvent)");
        Refused(() => builder.OnAny(() => 1), "which nobody receives");
    }

    [Theory]
    [InlineData(typeof(Abstract), "is abstract")]
    [InlineData(typeof(TwoHandlers), "The event \"e\" has two handlers in /test: Arauto.Tests.Gateways.GatewayStartTests+TwoHandlers.A and Arauto.Tests.Gateways.GatewayStartTests+TwoHandlers.B.")]
    [InlineData(typeof(Private), "Private.Hidden handles an event and must be public")]
    [InlineData(typeof(Generic), "is generic")]
    [InlineData(typeof(NeedsService), "takes Arauto.Tests.Gateways.GatewayStartTests tests, which is not among the services")]
    [InlineData(typeof(Asynchronous), "is async void")]
    public void A_class_that_cannot_serve_is_refused(Type type, string says) => Refused(() => new GatewayBench().Builder.Add(type), says);

    [Theory]
    [InlineData("connect")]
    [InlineData("connect_error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    public void Names_of_the_protocol_are_no_events(string name)
    {
        var builder = new GatewayBench().Builder;
        Assert.Contains($"\"{name}\" is a name of Socket.IO itself", Assert.Throws<ArgumentException>(() => builder.On(name, () => { })).Message);
        Assert.Contains($"\"{name}\" is a name of Socket.IO itself", Assert.Throws<ArgumentException>(() => builder.OnServerEvent(name, () => { })).Message);
    }

    [Fact]
    public void An_event_has_a_name_and_one_handler()
    {
        var builder = new GatewayBench().Builder.On("e", () => { });
        Assert.Throws<ArgumentException>(() => builder.On("", () => { }));
        Assert.Throws<ArgumentException>(() => builder.On(new string('e', 129), () => { }));
        Refused(() => builder.On("e", () => { }), "The event \"e\" has two handlers in /test");
        builder.OnServerEvent("e", () => { });
        Refused(() => builder.OnServerEvent("e", () => { }), "The server event \"e\" has two handlers");
    }

    [Theory]
    [InlineData("documents")]
    [InlineData("")]
    [InlineData("/a,b")]
    public async Task A_namespace_begins_with_a_slash_and_has_no_comma(string name)
    {
        await using var app = NewApp();
        Assert.Throws<ArgumentException>(() => app.MapGateway(name));
        Assert.Throws<ArgumentException>(() => app.MapGateway("/" + new string('n', 255)));
    }

    [Fact]
    public async Task A_namespace_is_mapped_once_and_before_clients_come()
    {
        await using var app = NewApp();
        var chat = app.MapGateway("/chat").On("a", () => 1);
        app.MapGateway<Fine>("/fine").On("more", () => 2);
        Refused(() => app.MapGateway<Fine>("/chat"), "The namespace /chat is mapped twice");
        var registry = app.Services.GetRequiredService<GatewayRegistry>();
        Assert.True(registry.TryGet("/fine", out var fine));
        Assert.True(fine.Has("e") && fine.Has("more") && !fine.Has("a"));
        Assert.False(registry.TryGet("/Fine", out _));
        Refused(() => app.MapGateway("/late"), "Clients are served already");
        Refused(() => chat.On("b", () => 1), "/chat serves clients already");
        Refused(() => chat.AddFilter((context, next) => next(context)), "/chat serves clients already");
    }

    [Fact]
    public async Task Nothing_is_left_of_a_class_that_was_refused()
    {
        await using var app = NewApp();
        Assert.Throws<InvalidOperationException>(() => app.MapGateway<TwoHandlers>("/again"));
        app.MapGateway<Fine>("/again");
    }

    [Fact]
    public async Task Without_a_node_there_are_no_gateways()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        Refused(() => app.MapGateway("/"), "call AddArauto");
    }

    private static void Refused(Action start, string says) => Assert.Contains(says, Assert.Throws<InvalidOperationException>(start).Message);

    private static WebApplication NewApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddArauto(new AuthOptions { JwtSecret = TestNode.Secret });
        return builder.Build();
    }

    private static Action AsyncVoid() => async () => await Task.Yield();

    public sealed class Fine : Gateway
    {
        [Event("e")]
        public static void E()
        {
        }
    }

    public abstract class Abstract : Gateway;

    public sealed class TwoHandlers : Gateway
    {
        [Event("e")]
        public static void A()
        {
        }

        [Event("e")]
        public static void B()
        {
        }
    }

    public sealed class Private : Gateway
    {
        [Event("e")]
        private static void Hidden()
        {
        }
    }

    public sealed class Generic : Gateway
    {
        [Event("e")]
        public static void E<T>(T value)
        {
        }
    }

    public sealed class NeedsService(GatewayStartTests tests) : Gateway
    {
        [Event("e")]
        public string? E() => tests.ToString();
    }

    public sealed class Asynchronous : Gateway
    {
        [Event("e")]
        public static async void E() => await Task.Yield();
    }
}
