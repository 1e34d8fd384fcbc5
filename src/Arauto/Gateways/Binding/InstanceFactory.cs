using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Gateways.Binding;

/// <summary>Makes gateways and filters: one compiled constructor call for each type, services as arguments.</summary>
internal static class InstanceFactory
{
    /// <exception cref="InvalidOperationException">The type cannot be made.</exception>
    public static ObjectFactory For(Type type, IServiceProviderIsService registered)
    {
        if (type.IsAbstract) throw new InvalidOperationException($"{type} is abstract; an instance of it cannot be made.");
        // With several constructors the choice is the factory's; with one it can be told already now what will be missing.
        if (type.GetConstructors() is [var only])
        {
            foreach (var parameter in only.GetParameters())
                if (!parameter.HasDefaultValue && !IsService(parameter, registered))
                    throw new InvalidOperationException($"The constructor of {type} takes {parameter.ParameterType} {parameter.Name}, which is not among the services.");
        }
        return ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
    }

    /// <summary>Disposes what was made here; what a container made is its own affair.</summary>
    public static async ValueTask DisposeAsync(object instance)
    {
        if (instance is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else if (instance is IDisposable disposable) disposable.Dispose();
    }

    private static bool IsService(System.Reflection.ParameterInfo parameter, IServiceProviderIsService registered) =>
        Attribute.GetCustomAttribute(parameter, typeof(FromKeyedServicesAttribute)) is FromKeyedServicesAttribute keyed
            ? registered is IServiceProviderIsKeyedService byKey && byKey.IsKeyedService(parameter.ParameterType, keyed.Key)
            : registered.IsService(parameter.ParameterType);
}
