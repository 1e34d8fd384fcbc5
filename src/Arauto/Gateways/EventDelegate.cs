using System.Diagnostics.CodeAnalysis;

namespace Arauto.Gateways;

/// <summary>A step of an event's way: a filter or the handler.</summary>
/// <param name="context">The event.</param>
/// <returns>
/// What the acknowledgement says: a value is its only argument, <see cref="EventArguments"/> are all of them
/// (<see cref="EventArguments.Empty"/> is what a handler without result gives).
/// </returns>
[SuppressMessage("Naming", "CA1711", Justification = "The word of ASP.NET Core for it: RequestDelegate, EndpointFilterDelegate.")]
public delegate ValueTask<object?> EventDelegate(EventContext context);
