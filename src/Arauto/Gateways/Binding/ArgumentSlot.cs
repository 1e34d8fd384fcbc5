using System.Reflection;
using System.Text.Json;

namespace Arauto.Gateways.Binding;

/// <summary>A handler's parameter that takes one of the event's arguments.</summary>
internal sealed class ArgumentSlot<T>
{
    private readonly int _position;
    private readonly string _name;
    private readonly JsonSerializerOptions _json;
    private readonly bool _takesNull;
    private readonly bool _mayBeMissing;
    private readonly T? _default;

    public ArgumentSlot(int position, ParameterInfo parameter, JsonSerializerOptions json)
    {
        _position = position;
        _name = parameter.Name ?? "";
        _json = json;
        // Code that says nothing about null gets it, as everywhere.
        _takesNull = default(T) is null && new NullabilityInfoContext().Create(parameter).WriteState != NullabilityState.NotNull;
        _mayBeMissing = parameter.HasDefaultValue || _takesNull;
        _default = parameter.HasDefaultValue ? DefaultOf(parameter) : default;
    }

    /// <summary>The argument.</summary>
    /// <exception cref="ArgumentRefusedException">It is missing, or not of the form.</exception>
    public T? Read(EventArguments arguments)
    {
        if (_position >= arguments.Count) return _mayBeMissing ? _default : throw Refused("is missing");
        T? value;
        try
        {
            value = arguments.Get<T>(_position, _json);
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            throw Refused(e is JsonException { Path: { Length: > 1 } path } ? $"does not have the expected form at {path}" : "does not have the expected form");
        }
        return value is null && !_takesNull ? throw Refused("must not be null") : value;
    }

    private static T? DefaultOf(ParameterInfo parameter)
    {
        var value = parameter.DefaultValue;
        // The default of a structure is null here.
        if (value is null) return default;
        if (value is T same) return same;
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return (T)(type.IsEnum ? Enum.ToObject(type, value) : Convert.ChangeType(value, type));
    }

    private ArgumentRefusedException Refused(string why) => new($"Argument {_position + 1} ({_name}) {why}.");
}
