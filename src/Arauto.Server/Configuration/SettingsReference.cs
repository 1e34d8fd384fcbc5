using System.Reflection;
using System.Text;
using System.Text.Json;
using Arauto.Channels;

namespace Arauto.Server.Configuration;

/// <summary>Writes the reference in docs/configuration.md from the settings' table, types and descriptions.</summary>
internal static class SettingsReference
{
    private const string Begin = "<!-- generated: begin -->";
    private const string End = "<!-- generated: end -->";

    /// <summary>The text of the document with the part between the marks made anew.</summary>
    /// <exception cref="FormatException">The marks are missing.</exception>
    public static string Update(string document, XmlDescriptions descriptions)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new FormatException($"The document needs the lines {Begin} and {End}.");
        return $"{document.AsSpan(0, begin)}{Begin}\n{Write(descriptions)}{document.AsSpan(end)}";
    }

    private static string Write(XmlDescriptions descriptions)
    {
        var text = new StringBuilder();
        text.Append("### Top level\n\n| key | command line, environment | value | |\n| --- | --- | --- | --- |\n");
        foreach (var setting in SettingsTable.All.Where(setting => setting.Section.Length == 0)) Row(text, setting, descriptions);
        foreach (var section in SettingsTable.Sections)
        {
            text.Append($"\n### Section `{section}`\n\n| key | command line, environment | value | |\n| --- | --- | --- | --- |\n");
            foreach (var setting in SettingsTable.All.Where(setting => setting.Section == section)) Row(text, setting, descriptions);
        }
        text.Append("\n### Section `channels`, per prefix\n\n| key | value | |\n| --- | --- | --- |\n");
        foreach (var property in typeof(ChannelOptions).GetProperties())
            text.Append($"| `{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}` | {Cell(SettingValue.Allowed(property))} | {Describe(property, descriptions)} |\n");
        return text.ToString();
    }

    private static void Row(StringBuilder text, Setting setting, XmlDescriptions descriptions)
    {
        var key = setting.Path[(setting.Path.IndexOf('.') + 1)..];
        var names = setting.Variables.Select(variable => $"`{variable}`");
        if (setting.Option is { } option) names = names.Prepend($"`--{option}`");
        text.Append($"| `{key}` | {string.Join("<br>", names)} | {Cell(SettingValue.Allowed(setting.Property))} | {Describe(setting.Property, descriptions)} |\n");
    }

    private static string Describe(PropertyInfo property, XmlDescriptions descriptions) =>
        Cell(descriptions.Markdown(property) ?? throw new FormatException($"{property.DeclaringType!.Name}.{property.Name} has no description."));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
