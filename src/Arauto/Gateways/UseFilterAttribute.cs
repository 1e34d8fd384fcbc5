using Arauto.Gateways.Filters;

namespace Arauto.Gateways;

/// <summary>Puts a filter around one handler, or around all of a <see cref="Gateway"/>. Several run in the order written, those of the class first.</summary>
/// <typeparam name="TFilter">The filter: taken from the services if registered there, else made anew for each event.</typeparam>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class UseFilterAttribute<TFilter> : Attribute, IFilterAttribute
    where TFilter : class, IEventFilter
{
    Type IFilterAttribute.FilterType => typeof(TFilter);
}
