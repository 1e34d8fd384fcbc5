using System.CommandLine;

namespace Arauto.Server.Configuration;

/// <summary>The settings as options of a command: added to it, and read back after parsing.</summary>
/// <remarks>Values stay text here, so that they are parsed, checked and reported the same way wherever they come from.</remarks>
internal sealed class CommandLineSettings
{
    private readonly Option<string> _config = new("--config") { HelpName = "FILE", Description = "The configuration file. Default: arauto.json in the current folder, if it is there." };
    private readonly Dictionary<string, Option<string>> _options = [];

    /// <summary>Creates the options; descriptions come from the reference's texts.</summary>
    public CommandLineSettings()
    {
        var descriptions = new XmlDescriptions(AppContext.BaseDirectory);
        foreach (var setting in SettingsTable.All)
            if (setting.Option is { } name) _options.Add(name, new Option<string>($"--{name}") { HelpName = "VALUE", Description = descriptions.Plain(setting.Property) });
    }

    /// <summary>Adds the options to <paramref name="command"/>, only those in <paramref name="names"/> if given, and <c>--config</c>.</summary>
    public void AddTo(Command command, params IReadOnlyCollection<string> names)
    {
        command.Options.Add(_config);
        foreach (var (name, option) in _options)
            if (names.Count == 0 || names.Contains(name)) command.Options.Add(option);
    }

    /// <summary>The first mistake on the command line as one line that names it; <see langword="null"/> if there is none.</summary>
    public static string? FirstError(ParseResult parsed) => parsed.Errors.Count == 0 ? null : SettingsReader.Show(parsed.Errors[0].Message);

    /// <summary>The sources for <see cref="SettingsReader"/>: what was given on the command line, and this process's environment and folder.</summary>
    /// <param name="parsed">The parsed command line, without errors.</param>
    /// <param name="otherVariables">Variables of other commands.</param>
    public SettingsSources Read(ParseResult parsed, IReadOnlyCollection<string> otherVariables)
    {
        var given = new Dictionary<string, string>();
        foreach (var (name, option) in _options)
            if (parsed.GetResult(option) is { Implicit: false } && parsed.GetValue(option) is { } value) given.Add(name, value);
        return new SettingsSources
        {
            CommandLine = given,
            Environment = Environment.GetEnvironmentVariables(),
            ConfigFile = parsed.GetValue(_config),
            Folder = Directory.GetCurrentDirectory(),
            OtherVariables = otherVariables,
        };
    }
}
