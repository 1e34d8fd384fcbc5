using Arauto.Gateways.Binding;

namespace Arauto.Gateways;

/// <summary>All handlers of a namespace, as the server calls them.</summary>
/// <param name="Events">By the events' names.</param>
/// <param name="AnyEvent">For events that are not among them; <see langword="null"/> if nobody hears those.</param>
/// <param name="ServerEvents">By the events' names.</param>
/// <param name="Hooks">For coming and going.</param>
internal sealed record NamespaceHandlers(
    IReadOnlyDictionary<string, EventRoute> Events,
    EventRoute? AnyEvent,
    IReadOnlyDictionary<string, HandlerInvoker> ServerEvents,
    NamespaceHooks Hooks);
