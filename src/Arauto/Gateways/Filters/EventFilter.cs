using System.Reflection;
using Arauto.Gateways.Binding;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Gateways.Filters;

/// <summary>A filter as it was added: an instance, a function or a type, of which each event gets an instance. Immutable.</summary>
internal sealed class EventFilter
{
    private readonly Func<EventDelegate, EventDelegate> _around;

    private EventFilter(Func<EventDelegate, EventDelegate> around) => _around = around;

    public static EventFilter Of(IEventFilter filter) => new(next => context => filter.InvokeAsync(context, next));

    public static EventFilter Of(Func<EventContext, EventDelegate, ValueTask<object?>> filter) => new(next => context => filter(context, next));

    public static EventFilter Of(Type type, IServiceProviderIsService registered)
    {
        if (registered.IsService(type))
            return new(next => context => ((IEventFilter)context.Services.GetRequiredService(type)).InvokeAsync(context, next));
        var create = InstanceFactory.For(type, registered);
        return new(next => context => InvokeOwnAsync((IEventFilter)create(context.Services, null), context, next));
    }

    public static IEnumerable<EventFilter> On(MemberInfo member, IServiceProviderIsService registered) =>
        member.GetCustomAttributes(inherit: true).OfType<IFilterAttribute>().Select(attribute => Of(attribute.FilterType, registered));

    /// <summary>The way of an event through filters, the first outermost, to <paramref name="handler"/>.</summary>
    public static EventDelegate Chain(IEnumerable<EventFilter> filters, EventDelegate handler) =>
        filters.Reverse().Aggregate(handler, static (next, filter) => filter._around(next));

    private static async ValueTask<object?> InvokeOwnAsync(IEventFilter filter, EventContext context, EventDelegate next)
    {
        try
        {
            return await filter.InvokeAsync(context, next).ConfigureAwait(false);
        }
        finally
        {
            await InstanceFactory.DisposeAsync(filter).ConfigureAwait(false);
        }
    }
}
