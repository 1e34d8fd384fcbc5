using System.Reflection;
using Arauto.Gateways.Filters;

namespace Arauto.Gateways.Binding;

/// <summary>Reads a class' handlers, once, at start.</summary>
internal static class GatewayClass
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    /// <exception cref="InvalidOperationException">The class or one of its handlers cannot be used; the message says why.</exception>
    public static void AddTo(GatewayBuilder builder, Type type, HandlerCompiler compiler, NamespaceHooks hooks)
    {
        var activator = new GatewayActivator(type, builder.Namespace, compiler.Registered);
        AddHooks(hooks, activator);
        EventFilter[] ofClass = [.. EventFilter.On(type, compiler.Registered)];
        foreach (var method in type.GetMethods(All))
        {
            // An override repeats what stands on the method it replaces; its own word comes first.
            var events = method.GetCustomAttributes<EventAttribute>(inherit: true).DistinctBy(mark => mark.Name).ToArray();
            var serverEvents = method.GetCustomAttributes<ServerEventAttribute>(inherit: true).DistinctBy(mark => mark.Name).ToArray();
            if (events.Length == 0 && serverEvents.Length == 0) continue;
            var handler = HandlerMethod.Of(method);
            if (!method.IsPublic) throw new InvalidOperationException($"{handler.Name} handles an event and must be public.");
            EventFilter[] filters = [.. ofClass, .. EventFilter.On(method, compiler.Registered)];
            foreach (var mark in events)
                builder.AddEvent(mark.Name, Invoker(handler, HandlerKind.Event), handler, filters, mark.PerSecond, mark.Burst);
            foreach (var mark in serverEvents)
                builder.AddServerEvent(mark.Name, Invoker(handler, HandlerKind.ServerEvent), handler);
        }

        HandlerInvoker Invoker(HandlerMethod handler, HandlerKind kind)
        {
            var invoker = compiler.Compile(handler, kind);
            return handler.Method.IsStatic ? invoker : activator.Around(invoker);
        }
    }

    private static void AddHooks(NamespaceHooks hooks, GatewayActivator activator)
    {
        Add(hooks.Connecting, activator.Hook(nameof(Gateway.OnConnectingAsync), static (gateway, call) => gateway.OnConnectingAsync(call.Connect!)));
        Add(hooks.Connected, activator.Hook(nameof(Gateway.OnConnectedAsync), static (gateway, _) => gateway.OnConnectedAsync()));
        Add(hooks.Disconnecting, activator.Hook(nameof(Gateway.OnDisconnectingAsync), static (gateway, call) => gateway.OnDisconnectingAsync(call.Reason!)));
        Add(hooks.Disconnected, activator.Hook(nameof(Gateway.OnDisconnectedAsync), static (gateway, call) => gateway.OnDisconnectedAsync(call.Reason!)));
    }

    private static void Add(List<HandlerInvoker> hooks, HandlerInvoker? hook)
    {
        if (hook is not null) hooks.Add(hook);
    }
}
