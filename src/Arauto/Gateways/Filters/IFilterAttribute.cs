namespace Arauto.Gateways.Filters;

/// <summary>Lets a <see cref="UseFilterAttribute{TFilter}"/> be found whatever its filter.</summary>
internal interface IFilterAttribute
{
    Type FilterType { get; }
}
