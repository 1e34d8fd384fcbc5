using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Arauto.Channels;
using Arauto.Options;
using Arauto.Server.Configuration;

namespace Arauto.Server.Tests.Configuration;

public sealed class SettingsReferenceTests
{
    private static readonly XmlDescriptions Descriptions = new(AppContext.BaseDirectory);

    public static TheoryData<string> Properties => [.. All().Select(property => $"{property.DeclaringType!.Name}.{property.Name}")];

    private static IEnumerable<PropertyInfo> All() => SettingsTable.All.Select(setting => setting.Property).Concat(typeof(ChannelOptions).GetProperties());

    [Fact]
    public void Reference_in_the_documentation_is_what_the_options_say()
    {
        var path = Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/configuration.md");
        var document = File.ReadAllText(path);
        var updated = SettingsReference.Update(document, Descriptions);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(path, updated);
        else Assert.True(document == updated, "docs/configuration.md does not match the options; run this test once with UPDATE=1 in the environment and commit the file.");
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void Description_states_the_range_and_default_that_the_code_has(string name)
    {
        var property = All().First(property => $"{property.DeclaringType!.Name}.{property.Name}" == name);
        var text = Descriptions.Plain(property)!;
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && name != "HeartbeatOptions.TimeoutSeconds")
        {
            var stated = range.Maximum is int.MaxValue ? (range.Minimum is 0 ? "0 = " : OptionsValidation.Describe(range)) : OptionsValidation.Describe(range);
            Assert.Contains(stated, text, StringComparison.Ordinal);
        }
        var value = property.GetValue(Activator.CreateInstance(property.DeclaringType!));
        if (value is int or double or bool) Assert.Contains($"Default: {Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant()}", text, StringComparison.Ordinal);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
