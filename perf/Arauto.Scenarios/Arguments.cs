using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Arauto.Scenarios;

/// <summary>A verb and options of the form <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly Dictionary<string, string> _values = [];

    private Arguments(string verb) => Verb = verb;

    /// <summary>What to measure.</summary>
    public string Verb { get; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Arguments? arguments, [NotNullWhen(false)] out string? problem)
    {
        arguments = args.Length > 0 ? new Arguments(args[0]) : null;
        problem = arguments is null ? "usage: slow-reader|idle|fanout|socketio|nodes --server DLL [options]" : null;
        for (var i = 1; i < args.Length && problem is null; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length) problem = $"{args[i]}: expected --name value";
            else arguments!._values[args[i][2..]] = args[i + 1];
        }
        return problem is null;
    }

    public string Text(string name, string fallback) => _values.GetValueOrDefault(name, fallback);

    public int Number(string name, int fallback) => _values.TryGetValue(name, out var text) ? int.Parse(text) : fallback;

    public string[] List(string name, string fallback) => Text(name, fallback).Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Writes the result as JSON where <c>--json</c> says.</summary>
    public void Save<T>(T result)
    {
        if (_values.TryGetValue("json", out var file)) File.WriteAllText(file, JsonSerializer.Serialize(result, Indented) + "\n");
    }
}
