namespace Arauto.Gateways.Binding;

/// <summary>The end of an event's way, behind all filters.</summary>
internal static class EventHandling
{
    /// <summary>Has the listeners to any event hear it, then <paramref name="own"/> answer it.</summary>
    public static EventDelegate Of(IReadOnlyList<HandlerInvoker> any, HandlerInvoker? own) =>
        any.Count == 0 && own is not null ? context => own(Call(context)) : context => HandleAsync(any, own, context);

    private static async ValueTask<object?> HandleAsync(IReadOnlyList<HandlerInvoker> any, HandlerInvoker? own, EventContext context)
    {
        foreach (var listener in any) await listener(Call(context)).ConfigureAwait(false);
        return own is null ? HandlerResult.Unanswered : await own(Call(context)).ConfigureAwait(false);
    }

    private static HandlerCall Call(EventContext context) => new()
    {
        Services = context.Services,
        CancellationToken = context.CancellationToken,
        Socket = context.Socket,
        Event = context,
        Arguments = context.Arguments,
    };
}
