using System.Reflection;
using System.Text.Json;

namespace Arauto.Server.Configuration;

/// <summary>One thing that can be set: the row from which the command line, environment, file and reference derive.</summary>
/// <param name="Path">The key in the file, with its section: <c>limits.messageBytes</c>.</param>
/// <param name="Option">The name on the command line without hyphens in front, if it has one.</param>
/// <param name="Property">The property that holds the value; its XML description is the reference's.</param>
/// <param name="Owner">The object that has the property.</param>
/// <param name="IsSecret">Whether the value must never be shown.</param>
internal sealed record Setting(string Path, string? Option, PropertyInfo Property, Func<ServerSettings, object> Owner, bool IsSecret = false)
{
    /// <summary>The section of the file; empty for the top level.</summary>
    public string Section => Path.IndexOf('.') is var dot and >= 0 ? Path[..dot] : "";

    /// <summary>The environment variables: by the path, and by the option's name where that is another.</summary>
    public IReadOnlyList<string> Variables
    {
        get
        {
            var byPath = EnvironmentVariables.Prefix + string.Join("__", Path.Split('.').Select(JsonNamingPolicy.SnakeCaseUpper.ConvertName));
            var byOption = Option is null ? byPath : EnvironmentVariables.Prefix + Option.Replace('-', '_').ToUpperInvariant();
            return byPath == byOption ? [byPath] : [byOption, byPath];
        }
    }

    /// <summary>Sets the value; a list is replaced as a whole.</summary>
    public void Apply(ServerSettings settings, object? value)
    {
        var owner = Owner(settings);
        if (Property.GetValue(owner) is IList<string> list)
        {
            list.Clear();
            foreach (var text in (IReadOnlyList<string>)value!) list.Add(text);
        }
        else
        {
            Property.SetValue(owner, value);
        }
    }
}
