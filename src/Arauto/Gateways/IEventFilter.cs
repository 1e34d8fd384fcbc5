namespace Arauto.Gateways;

/// <summary>Code around the handlers of events: checks, logs, measures, changes arguments or results.</summary>
public interface IEventFilter
{
    /// <summary>Handles an event, as a rule by <paramref name="next"/>.</summary>
    /// <param name="context">The event.</param>
    /// <param name="next">What comes behind: the next filter, or the handler. Not calling it answers in its place.</param>
    /// <returns>The result, which is the acknowledgement as the handler's own would be; see <see cref="EventDelegate"/>.</returns>
    ValueTask<object?> InvokeAsync(EventContext context, EventDelegate next);
}
