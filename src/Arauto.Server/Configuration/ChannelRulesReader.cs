using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Arauto.Channels;

namespace Arauto.Server.Configuration;

/// <summary>Reads the section <c>channels</c>: rules per prefix or name, laid over those that are there.</summary>
internal static class ChannelRulesReader
{
    private static readonly FrozenDictionary<string, PropertyInfo> Keys =
        typeof(ChannelOptions).GetProperties().ToFrozenDictionary(property => SettingsTable.Normalize(property.Name), StringComparer.Ordinal);

    /// <summary>Lays <paramref name="json"/> over <paramref name="channels"/>. Keys that an entry does not give keep their value.</summary>
    /// <exception cref="SettingsException">A key or value is not known.</exception>
    public static void Apply(JsonElement json, IDictionary<string, ChannelOptions> channels, string source)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new SettingsException($"channels ({source}): must be an object of prefixes with their rules.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in json.EnumerateObject())
        {
            var path = $"channels[\"{SettingsReader.Show(entry.Name)}\"]";
            if (!seen.Add(entry.Name)) throw new SettingsException($"{path} ({source}): given twice.");
            if (entry.Value.ValueKind != JsonValueKind.Object) throw new SettingsException($"{path} ({source}): must be an object of rules.");
            if (!channels.TryGetValue(entry.Name, out var rules)) channels.Add(entry.Name, rules = new ChannelOptions());
            ApplyEntry(entry.Value, rules, path, source);
        }
    }

    private static void ApplyEntry(JsonElement json, ChannelOptions rules, string path, string source)
    {
        var seen = new HashSet<PropertyInfo>();
        foreach (var rule in json.EnumerateObject())
        {
            if (!Keys.TryGetValue(SettingsTable.Normalize(rule.Name), out var property))
                throw new SettingsException($"{path}.{SettingsReader.Show(rule.Name)} ({source}): there is no such key; known: {string.Join(", ", Keys.Values.Select(known => JsonNamingPolicy.CamelCase.ConvertName(known.Name)))}.");
            var key = $"{path}.{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}";
            if (!seen.Add(property)) throw new SettingsException($"{key} ({source}): given twice.");
            if (!SettingValue.TryParse(property, rule.Value, out var value))
                throw new SettingsException($"{key} ({source}): {SettingsReader.Show(rule.Value.GetRawText())} is not allowed; allowed: {SettingValue.Allowed(property)}.");
            property.SetValue(rules, value);
        }
    }
}
