using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto.Gateways.Binding;

/// <summary>Finds, for the parameters of one handler in their order, where their values come from.</summary>
internal sealed class ParameterBinder(HandlerMethod handler, HandlerKind kind, ParameterExpression call, JsonSerializerOptions json, IServiceProviderIsService registered)
{
    private int _position;
    private bool _restIsTaken;

    /// <summary>Whether a parameter seen so far is the acknowledgement.</summary>
    public bool TakesAcknowledgement { get; private set; }

    private bool HasArguments => kind is HandlerKind.Event or HandlerKind.AnyEvent or HandlerKind.ServerEvent;

    /// <summary>The value of a parameter, read from the <see cref="HandlerCall"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Expression Bind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type.IsByRef || type.IsByRefLike || type.IsPointer) throw Unfit(parameter, "is passed by reference; messages have values only");
        if (type == typeof(CancellationToken)) return Property(nameof(HandlerCall.CancellationToken));
        if (type == typeof(IServiceProvider)) return Property(nameof(HandlerCall.Services));
        return Special(parameter, type) ?? Service(parameter, type) ?? Argument(parameter, type);
    }

    private Expression? Special(ParameterInfo parameter, Type type)
    {
        if (type == typeof(Socket)) return Only(parameter, kind != HandlerKind.ServerEvent, Property(nameof(HandlerCall.Socket)));
        if (type == typeof(ConnectContext)) return Only(parameter, kind == HandlerKind.Connecting, Property(nameof(HandlerCall.Connect)));
        if (type == typeof(EventContext)) return Only(parameter, IsOfClient, Property(nameof(HandlerCall.Event)));
        if (type == typeof(string) && kind == HandlerKind.Disconnected) return Property(nameof(HandlerCall.Reason));
        if (type == typeof(Acknowledgement))
        {
            TakesAcknowledgement = true;
            return Only(parameter, IsOfClient, Static(nameof(AcknowledgementOf), call));
        }
        if (type != typeof(EventArguments)) return null;
        Only(parameter, HasArguments, call);
        _restIsTaken = true;
        return Static(nameof(Rest), call, Expression.Constant(_position));
    }

    private bool IsOfClient => kind is HandlerKind.Event or HandlerKind.AnyEvent;

    private Expression? Service(ParameterInfo parameter, Type type)
    {
        var services = Property(nameof(HandlerCall.Services));
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
        {
            if (registered is not IServiceProviderIsKeyedService byKey || !byKey.IsKeyedService(type, keyed.Key))
                throw Unfit(parameter, $"is to come from the services, where there is none with the key {keyed.Key}");
            return Static(nameof(KeyedService), [type], services, Expression.Constant(keyed.Key, typeof(object)));
        }
        var isAsked = parameter.GetCustomAttributes().OfType<IFromServiceMetadata>().Any();
        var isThere = registered.IsService(type) && !IsSequenceOfNoService(type);
        if (isAsked && !isThere && !parameter.HasDefaultValue) throw Unfit(parameter, "is to come from the services, where it is not");
        if (isAsked && !isThere) return Expression.Constant(parameter.DefaultValue, type);
        return isThere ? Static(nameof(RequiredService), [type], services) : null;
    }

    /// <summary>A container gives an empty sequence of anything; as the parameter of a handler, a sequence of no service is an argument.</summary>
    private bool IsSequenceOfNoService(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>) && !registered.IsService(type.GetGenericArguments()[0]);

    private MethodCallExpression Argument(ParameterInfo parameter, Type type)
    {
        if (!HasArguments) throw Unfit(parameter, "is not among the services, and this handler is called without arguments");
        if (_restIsTaken) throw Unfit(parameter, $"stands behind {nameof(EventArguments)}, which takes all arguments that are left");
        if (parameter.IsDefined(typeof(ParamArrayAttribute))) throw Unfit(parameter, $"is params; take {nameof(EventArguments)} for all arguments that are left");
        if (!IsReadable(type)) throw Unfit(parameter, "is neither among the services nor a type that JSON can be read as");
        var slot = Activator.CreateInstance(typeof(ArgumentSlot<>).MakeGenericType(type), _position++, parameter, json)!;
        return Expression.Call(Expression.Constant(slot), nameof(ArgumentSlot<int>.Read), null, Property(nameof(HandlerCall.Arguments)));
    }

    private bool IsReadable(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type) || typeof(MemberInfo).IsAssignableFrom(type) || typeof(Stream).IsAssignableFrom(type)) return false;
        if (type == typeof(nint) || type == typeof(nuint)) return false;
        try
        {
            var info = json.GetTypeInfo(type);
            return info.Kind is not JsonTypeInfoKind.Object || !type.IsAbstract || info.PolymorphismOptions is not null;
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private Expression Only(ParameterInfo parameter, bool isThere, Expression value) =>
        isThere ? value : throw Unfit(parameter, $"does not exist where this handler is called ({kind})");

    private MemberExpression Property(string name) => Expression.Property(call, name);

    private static MethodCallExpression Static(string name, params Expression[] arguments) => Expression.Call(typeof(ParameterBinder), name, null, arguments);

    private static MethodCallExpression Static(string name, Type[] types, params Expression[] arguments) => Expression.Call(typeof(ParameterBinder), name, types, arguments);

    private static T RequiredService<T>(IServiceProvider services)
        where T : notnull => services.GetRequiredService<T>();

    private static T KeyedService<T>(IServiceProvider services, object? key)
        where T : notnull => services.GetRequiredKeyedService<T>(key);

    private static EventArguments Rest(HandlerCall call, int position) => call.Arguments.Skip(position);

    private static Acknowledgement AcknowledgementOf(HandlerCall call) => call.Event!.AcknowledgeAsync;

    private InvalidOperationException Unfit(ParameterInfo parameter, string why) => new($"The parameter {parameter.ParameterType} {parameter.Name} of {handler.Name} {why}.");
}
