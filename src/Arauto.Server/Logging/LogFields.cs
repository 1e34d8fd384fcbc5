using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Server.Logging;

/// <summary>The named values of a log entry: those of its scopes from the outside in, then its own; of equal names the innermost stays.</summary>
internal static class LogFields
{
    private const string Template = "{OriginalFormat}";

    /// <summary>Collects the values, in the order of first mention.</summary>
    public static List<KeyValuePair<string, object?>> Collect<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes)
    {
        var fields = new List<KeyValuePair<string, object?>>();
        scopes?.ForEachScope(static (scope, fields) => Add(scope, fields), fields);
        Add(entry.State, fields);
        return fields;
    }

    private static void Add(object? state, List<KeyValuePair<string, object?>> fields)
    {
        // Scopes and states are lists of pairs by convention; a scope that is only a text has no name to stand under.
        if (state is not IEnumerable<KeyValuePair<string, object?>> pairs) return;
        foreach (var pair in pairs)
        {
            if (pair.Key == Template) continue;
            var known = fields.FindIndex(field => field.Key == pair.Key);
            if (known >= 0) fields[known] = pair;
            else fields.Add(pair);
        }
    }
}
