using System.Linq.Expressions;
using System.Reflection;

namespace Arauto.Gateways.Binding;

/// <summary>Brings what handlers return into one form.</summary>
internal static class HandlerResult
{
    /// <summary>The handler acknowledges by itself, or there was none.</summary>
    public static object Unanswered { get; } = new();

    /// <summary>The call of a handler as an expression of type <c>ValueTask&lt;object?&gt;</c>; <see langword="null"/> if its type cannot be awaited or sent.</summary>
    /// <param name="call">The call.</param>
    /// <param name="nothing">What a handler without result gives.</param>
    public static Expression? Unify(Expression call, object nothing)
    {
        var type = call.Type;
        var none = Expression.Constant(nothing, typeof(object));
        if (type == typeof(void)) return Expression.Block(call, Expression.Call(Method(nameof(FromValue)), none));
        if (type == typeof(Task)) return Expression.Call(Method(nameof(FromTask)), call, none);
        if (type == typeof(ValueTask)) return Expression.Call(Method(nameof(FromValueTask)), call, none);
        if (Argument(type, typeof(Task<>)) is { } later) return Expression.Call(Method(nameof(FromTaskOf)).MakeGenericMethod(later), call);
        if (Argument(type, typeof(ValueTask<>)) is { } soon) return Expression.Call(Method(nameof(FromValueTaskOf)).MakeGenericMethod(soon), call);
        return IsValue(type) ? Expression.Call(Method(nameof(FromValue)), Expression.Convert(call, typeof(object))) : null;
    }

    /// <summary>Whether a handler of this type gives nothing to acknowledge with.</summary>
    public static bool IsNothing(Type type) => type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask);

    private static bool IsValue(Type type) =>
        !type.IsByRef && !type.IsByRefLike && !type.IsPointer && !typeof(Delegate).IsAssignableFrom(type) && !typeof(Task).IsAssignableFrom(type)
        && Array.TrueForAll([type, .. type.GetInterfaces()], part => !part.IsGenericType || part.GetGenericTypeDefinition() != typeof(IAsyncEnumerable<>));

    private static Type? Argument(Type type, Type generic)
    {
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != generic) return null;
        var argument = type.GetGenericArguments()[0];
        return IsValue(argument) ? argument : null;
    }

    private static MethodInfo Method(string name) => typeof(HandlerResult).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static ValueTask<object?> FromValue(object? value) => new(value);

    private static async ValueTask<object?> FromTask(Task task, object nothing)
    {
        await task.ConfigureAwait(false);
        return nothing;
    }

    private static ValueTask<object?> FromValueTask(ValueTask task, object nothing)
    {
        if (!task.IsCompletedSuccessfully) return FromTask(task.AsTask(), nothing);
        task.GetAwaiter().GetResult();
        return new(nothing);
    }

    private static async ValueTask<object?> FromTaskOf<T>(Task<T> task) => await task.ConfigureAwait(false);

    private static async ValueTask<object?> FromValueTaskOf<T>(ValueTask<T> task) => await task.ConfigureAwait(false);
}
