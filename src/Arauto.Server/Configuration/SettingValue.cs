using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Arauto.Options;

namespace Arauto.Server.Configuration;

/// <summary>Reads values: from text (command line, environment) and from JSON (file). Ranges are checked later, by <see cref="OptionsValidation"/>.</summary>
internal static class SettingValue
{
    /// <summary>Reads a value from text; lists are separated by commas.</summary>
    public static bool TryParse(PropertyInfo property, string text, out object? value)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        value = null;
        if (type == typeof(string)) value = text;
        else if (type == typeof(int)) value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        else if (type == typeof(double)) value = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
        else if (type == typeof(bool)) value = bool.TryParse(text, out var flag) ? flag : null;
        else if (type == typeof(Uri)) value = Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null;
        else if (type == typeof(IList<string>)) value = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        else if (type == typeof(StoreAddress)) value = StoreAddress.TryParse(text, out var store) ? store : null;
        else if (type == typeof(ListenAddress))
        {
            if (text == "off" && IsOptional(property)) return true;
            value = ListenAddress.TryParse(text, out var address) ? address : null;
        }
        else if (type.IsEnum) value = ParseWord(type, text);
        else throw new NotSupportedException($"{property.Name} is of a type that cannot be set.");
        return value is not null;
    }

    /// <summary>Reads a value from JSON.</summary>
    public static bool TryParse(PropertyInfo property, JsonElement json, out object? value)
    {
        value = null;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        switch (json.ValueKind)
        {
            case JsonValueKind.Number when type == typeof(int) || type == typeof(double):
                return TryParse(property, json.GetRawText(), out value);
            case JsonValueKind.True or JsonValueKind.False when type == typeof(bool):
                value = json.GetBoolean();
                return true;
            case JsonValueKind.Array when type == typeof(IList<string>) && json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                value = json.EnumerateArray().Select(item => item.GetString()!).ToArray();
                return true;
            case JsonValueKind.String when type != typeof(int) && type != typeof(double) && type != typeof(bool) && type != typeof(IList<string>):
                return TryParse(property, json.GetString()!, out value);
            default:
                return false;
        }
    }

    /// <summary>What a property takes, to follow the word "allowed".</summary>
    public static string Allowed(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var range = property.GetCustomAttribute<RangeAttribute>() is { } attribute ? $", {OptionsValidation.Describe(attribute)}" : "";
        if (type == typeof(int)) return $"a whole number{range}";
        if (type == typeof(double)) return $"a number{range}";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(Uri)) return "an absolute http or https address";
        if (type == typeof(IList<string>)) return "a list of texts";
        if (type == typeof(StoreAddress)) return StoreAddress.Allowed;
        if (type == typeof(ListenAddress)) return ListenAddress.Allowed + (IsOptional(property) ? ", or off" : "");
        return type.IsEnum ? string.Join(", ", Words(type)) : "a text";
    }

    /// <summary>The words of an enumeration as they stand in the configuration.</summary>
    public static IEnumerable<string> Words(Type type) => Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName);

    private static bool IsOptional(PropertyInfo property) => new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    private static object? ParseWord(Type type, string text)
    {
        foreach (var name in Enum.GetNames(type))
            if (string.Equals(SettingsTable.Normalize(text), name, StringComparison.OrdinalIgnoreCase)) return Enum.Parse(type, name);
        return null;
    }
}
