using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Gateways.Binding;

/// <summary>Gives each call of a class' handlers an instance of its own.</summary>
internal sealed class GatewayActivator(Type type, string @namespace, IServiceProviderIsService registered)
{
    private readonly ObjectFactory _create = InstanceFactory.For(type, registered);

    /// <summary>A handler that makes the instance, has <paramref name="handler"/> call it, and disposes it.</summary>
    public HandlerInvoker Around(HandlerInvoker handler) => call => InvokeAsync(handler, call);

    /// <summary>A virtual method of <see cref="Gateway"/> as a handler; <see langword="null"/> if the class does not override it.</summary>
    public HandlerInvoker? Hook(string name, Func<Gateway, HandlerCall, ValueTask> hook) =>
        type.GetMethod(name, BindingFlags.Public | BindingFlags.Instance)!.DeclaringType == typeof(Gateway) ? null : Around(async call =>
        {
            await hook(call.Gateway!, call).ConfigureAwait(false);
            return HandlerResult.Unanswered;
        });

    private async ValueTask<object?> InvokeAsync(HandlerInvoker handler, HandlerCall call)
    {
        var gateway = (Gateway)_create(call.Services, null);
        try
        {
            gateway.Attach(call, @namespace);
            call.Gateway = gateway;
            return await handler(call).ConfigureAwait(false);
        }
        finally
        {
            await InstanceFactory.DisposeAsync(gateway).ConfigureAwait(false);
        }
    }
}
