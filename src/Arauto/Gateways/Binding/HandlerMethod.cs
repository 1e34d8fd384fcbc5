using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Arauto.Gateways.Binding;

/// <summary>A handler as it was written: a method of a gateway or a delegate.</summary>
internal sealed class HandlerMethod
{
    private readonly Func<ParameterExpression, IEnumerable<Expression>, Expression> _call;

    private HandlerMethod(MethodInfo method, IReadOnlyList<ParameterInfo> parameters, string name, Func<ParameterExpression, IEnumerable<Expression>, Expression> call)
    {
        Method = method;
        Parameters = parameters;
        Name = name;
        _call = call;
    }

    public MethodInfo Method { get; }

    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>How messages to programmers call it.</summary>
    public string Name { get; }

    public Type ReturnType => Method.ReturnType;

    /// <summary>Whether it is <c>async void</c>: its end and its exceptions would reach nobody, and an exception would end the process.</summary>
    public bool IsAsyncVoid => ReturnType == typeof(void) && Method.IsDefined(typeof(AsyncStateMachineAttribute));

    public static HandlerMethod Of(MethodInfo method) => new(
        method,
        method.GetParameters(),
        $"{method.DeclaringType}.{method.Name}",
        (call, arguments) => Expression.Call(method.IsStatic ? null : Expression.Convert(Expression.Property(call, nameof(HandlerCall.Gateway)), method.DeclaringType!), method, arguments));

    public static HandlerMethod Of(Delegate handler, string name)
    {
        // A delegate over a static method with a bound first argument (an extension method's) shows that argument too.
        var taken = handler.GetType().GetMethod(nameof(Action.Invoke))!.GetParameters().Length;
        var parameters = handler.Method.GetParameters();
        return new(handler.Method, parameters[^taken..], name, (_, arguments) => Expression.Invoke(Expression.Constant(handler), arguments));
    }

    public Expression Call(ParameterExpression call, IEnumerable<Expression> arguments) => _call(call, arguments);
}
