namespace Arauto.Gateways;

/// <summary>The way of one event to its handler. Immutable.</summary>
/// <param name="Handle">Filters and handler.</param>
/// <param name="Rate">The number of its rate in <see cref="EventLimits"/>; -1 if it has none.</param>
internal sealed record EventRoute(EventDelegate Handle, int Rate);
