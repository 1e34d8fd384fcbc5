using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Gateways.Binding;

/// <summary>Turns handlers into <see cref="HandlerInvoker"/>s, once, at start; whatever a handler could not be called with is said here.</summary>
internal sealed class HandlerCompiler(JsonSerializerOptions json, IServiceProviderIsService registered)
{
    public IServiceProviderIsService Registered => registered;

    /// <exception cref="InvalidOperationException">The handler cannot be called; the message names it and says why.</exception>
    public HandlerInvoker Compile(HandlerMethod handler, HandlerKind kind)
    {
        if (handler.Method.ContainsGenericParameters) throw Unfit(handler, "is generic; its types must be known when it is mapped");
        if (handler.IsAsyncVoid) throw Unfit(handler, "is async void, so that its end and its exceptions would reach nobody; return Task instead");
        var call = Expression.Parameter(typeof(HandlerCall), "call");
        var binder = new ParameterBinder(handler, kind, call, json, registered);
        var arguments = handler.Parameters.Select(binder.Bind).ToArray();
        var answers = kind is HandlerKind.Event or HandlerKind.ServerEvent && !binder.TakesAcknowledgement;
        if (!answers && !HandlerResult.IsNothing(handler.ReturnType))
            throw Unfit(handler, $"returns {handler.ReturnType}, which nobody receives{(binder.TakesAcknowledgement ? ": it has the acknowledgement in its own hands" : "")}; return void, Task or ValueTask");
        var body = HandlerResult.Unify(handler.Call(call, arguments), answers ? EventArguments.Empty : HandlerResult.Unanswered)
            ?? throw Unfit(handler, $"returns {handler.ReturnType}, which cannot be sent; return a value, Task, ValueTask or one of a value");
        return Expression.Lambda<HandlerInvoker>(body, call).Compile();
    }

    private static InvalidOperationException Unfit(HandlerMethod handler, string why) => new($"{handler.Name} {why}.");
}
