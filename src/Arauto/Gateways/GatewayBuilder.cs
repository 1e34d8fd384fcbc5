using Arauto.Gateways.Binding;
using Arauto.Gateways.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Gateways;

/// <summary>
/// Puts handlers into one namespace while the application starts. Handlers are any delegates; the parameters they may have
/// are those of a <see cref="Gateway"/>'s methods.
/// </summary>
/// <remarks>Whatever is wrong with a handler is an exception here, not an error of the first client. Not for concurrent use.</remarks>
public sealed class GatewayBuilder
{
    private readonly Dictionary<string, EventRegistration> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (HandlerInvoker Invoker, string Name)> _serverEvents = new(StringComparer.Ordinal);
    private readonly List<EventFilter> _filters = [];
    private readonly List<HandlerInvoker> _any = [];
    private readonly NamespaceHooks _hooks = new();
    private readonly EventLimits _limits;
    private readonly HandlerCompiler _compiler;
    private readonly IServiceProvider _services;
    private readonly GatewayOptions _options;
    private bool _isBuilt;

    internal GatewayBuilder(string name, GatewayOptions options, IServiceProvider services)
    {
        Namespace = EventNames.CheckNamespace(name);
        options.Json.MakeReadOnly(populateMissingResolver: true);
        _options = options;
        _services = services;
        _limits = new EventLimits(services.GetRequiredService<TimeProvider>());
        _compiler = new HandlerCompiler(options.Json, services.GetRequiredService<IServiceProviderIsService>());
    }

    /// <summary>The namespace's name.</summary>
    public string Namespace { get; }

    private IServiceProviderIsService Registered => _compiler.Registered;

    /// <summary>Has a handler decide who may enter: a <see cref="ConnectContext"/> refuses, and so does an exception.</summary>
    /// <exception cref="InvalidOperationException">The handler cannot be called; the message says why.</exception>
    public GatewayBuilder OnConnecting(Delegate handler) => Hook(_hooks.Connecting, handler, HandlerKind.Connecting, nameof(OnConnecting));

    /// <summary>Has a handler called when a client is in.</summary>
    /// <exception cref="InvalidOperationException">The handler cannot be called; the message says why.</exception>
    public GatewayBuilder OnConnected(Delegate handler) => Hook(_hooks.Connected, handler, HandlerKind.Connected, nameof(OnConnected));

    /// <summary>Has a handler called when a client goes and is still in its rooms. A <see cref="string"/> parameter is the reason.</summary>
    /// <exception cref="InvalidOperationException">The handler cannot be called; the message says why.</exception>
    public GatewayBuilder OnDisconnecting(Delegate handler) => Hook(_hooks.Disconnecting, handler, HandlerKind.Disconnected, nameof(OnDisconnecting));

    /// <summary>Has a handler called when a client is gone. A <see cref="string"/> parameter is the reason.</summary>
    /// <exception cref="InvalidOperationException">The handler cannot be called; the message says why.</exception>
    public GatewayBuilder OnDisconnected(Delegate handler) => Hook(_hooks.Disconnected, handler, HandlerKind.Disconnected, nameof(OnDisconnected));

    /// <summary>Has a handler answer an event of clients.</summary>
    /// <param name="name">The event's name.</param>
    /// <param name="handler">The handler; it may have <see cref="UseFilterAttribute{TFilter}"/> in front of its parameters.</param>
    /// <param name="perSecond">How often a socket may send the event, per second in the long run; 0 does not limit it.</param>
    /// <param name="burst">How many may come at once; 0 allows those of one second, at least 1.</param>
    /// <exception cref="ArgumentException">No event can have the name.</exception>
    /// <exception cref="InvalidOperationException">The event has a handler, or this one cannot be called; the message says why.</exception>
    public GatewayBuilder On(string name, Delegate handler, double perSecond = 0, int burst = 0)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var method = HandlerMethod.Of(handler, $"The handler of \"{name}\" in {Namespace}");
        return AddEvent(name, _compiler.Compile(method, HandlerKind.Event), method, [.. EventFilter.On(method.Method, Registered)], perSecond, burst);
    }

    /// <summary>Has a handler hear every event of clients, also those that have no handler, before the event's own handler. It takes no part in the answer, but may acknowledge by an <see cref="Acknowledgement"/>.</summary>
    /// <exception cref="InvalidOperationException">The handler cannot be called; the message says why.</exception>
    public GatewayBuilder OnAny(Delegate handler) => Hook(_any, handler, HandlerKind.AnyEvent, nameof(OnAny));

    /// <summary>Has a handler hear an event that a server, this or another, sent to the servers. What it returns is the answer, where one is wanted.</summary>
    /// <exception cref="ArgumentException">No event can have the name.</exception>
    /// <exception cref="InvalidOperationException">The event has a handler, or this one cannot be called; the message says why.</exception>
    public GatewayBuilder OnServerEvent(string name, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var method = HandlerMethod.Of(handler, $"The handler of the server event \"{name}\" in {Namespace}");
        return AddServerEvent(name, _compiler.Compile(method, HandlerKind.ServerEvent), method);
    }

    /// <summary>Puts a filter around all handlers of events. Filters run in the order added, before those of a class and of a handler.</summary>
    /// <typeparam name="TFilter">The filter: taken from the services if registered there, else made anew for each event.</typeparam>
    /// <exception cref="InvalidOperationException">The filter cannot be made; the message says why.</exception>
    public GatewayBuilder AddFilter<TFilter>()
        where TFilter : class, IEventFilter => AddFilter(EventFilter.Of(typeof(TFilter), Registered));

    /// <summary>Puts a filter around all handlers of events; its one instance serves them all, concurrently.</summary>
    public GatewayBuilder AddFilter(IEventFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return AddFilter(EventFilter.Of(filter));
    }

    /// <summary>Puts a filter around all handlers of events.</summary>
    public GatewayBuilder AddFilter(Func<EventContext, EventDelegate, ValueTask<object?>> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return AddFilter(EventFilter.Of(filter));
    }

    /// <summary>Adds the handlers of a class.</summary>
    internal GatewayBuilder Add(Type type)
    {
        GatewayClass.AddTo(this, type, _compiler, _hooks);
        return this;
    }

    internal GatewayBuilder AddEvent(string name, HandlerInvoker invoker, HandlerMethod method, EventFilter[] filters, double perSecond, int burst)
    {
        Change();
        EventNames.CheckEvent(name);
        if (perSecond < 0 || !double.IsFinite(perSecond) || burst < 0 || (burst > 0 && perSecond == 0))
            throw new ArgumentException($"The rate of \"{name}\" in {Namespace} must be a number per second, 0 for none, and a burst of 0 or more that belongs to a rate.");
        if (_events.TryGetValue(name, out var other)) throw TwoHandlers($"The event \"{name}\"", other.Handler, method.Name);
        _events[name] = new EventRegistration(invoker, method.Name, filters, perSecond > 0 ? _limits.Add(perSecond, burst) : -1);
        return this;
    }

    internal GatewayBuilder AddServerEvent(string name, HandlerInvoker invoker, HandlerMethod method)
    {
        Change();
        EventNames.CheckEvent(name);
        if (!_serverEvents.TryAdd(name, (invoker, method.Name))) throw TwoHandlers($"The server event \"{name}\"", _serverEvents[name].Name, method.Name);
        return this;
    }

    /// <summary>Ends the start: what the server runs with.</summary>
    internal NamespaceDefinition Build()
    {
        _isBuilt = true;
        var routes = new Dictionary<string, EventRoute>(StringComparer.Ordinal);
        foreach (var (name, added) in _events) routes[name] = new EventRoute(EventFilter.Chain([.. _filters, .. added.Filters], EventHandling.Of(_any, added.Invoker)), added.Rate);
        var any = _any.Count == 0 ? null : new EventRoute(EventFilter.Chain(_filters, EventHandling.Of(_any, null)), -1);
        return new NamespaceDefinition(
            Namespace,
            _options,
            new NamespaceHandlers(routes, any, _serverEvents.ToDictionary(added => added.Key, added => added.Value.Invoker), _hooks),
            _limits,
            _services.GetRequiredService<IServiceScopeFactory>(),
            _services.GetRequiredService<ILogger<NamespaceDefinition>>());
    }

    private GatewayBuilder AddFilter(EventFilter filter)
    {
        Change();
        _filters.Add(filter);
        return this;
    }

    private GatewayBuilder Hook(List<HandlerInvoker> hooks, Delegate handler, HandlerKind kind, string name)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Change();
        hooks.Add(_compiler.Compile(HandlerMethod.Of(handler, $"The handler of {name} in {Namespace}"), kind));
        return this;
    }

    private void Change()
    {
        if (_isBuilt) throw new InvalidOperationException($"{Namespace} serves clients already; handlers are added before the application starts.");
    }

    private InvalidOperationException TwoHandlers(string what, string first, string second) => new($"{what} has two handlers in {Namespace}: {first} and {second}.");

    private sealed record EventRegistration(HandlerInvoker Invoker, string Handler, EventFilter[] Filters, int Rate);
}
