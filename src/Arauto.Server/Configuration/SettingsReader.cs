using System.Text.Json;
using Arauto.Options;

namespace Arauto.Server.Configuration;

/// <summary>Reads the settings: the command line beats the environment, which beats the file, which beats the defaults.</summary>
internal sealed class SettingsReader
{
    private const int MaxShown = 80;
    private readonly ServerSettings _settings = new();
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<Setting> _seenInSource = [];

    private SettingsReader()
    {
    }

    /// <summary>Reads and validates all settings.</summary>
    /// <exception cref="SettingsException">Something is wrong; one line that names the key, where it came from, the value unless secret, and what is allowed.</exception>
    public static ServerSettings Read(SettingsSources sources)
    {
        var reader = new SettingsReader();
        reader.ReadFile(sources);
        reader.ReadEnvironment(sources);
        reader.ReadCommandLine(sources);
        reader.Validate();
        return reader._settings;
    }

    /// <summary>A text of unknown origin, made fit for one line: no control characters, not too long.</summary>
    public static string Show(string text)
    {
        var shown = text.Length > MaxShown ? $"{text.AsSpan(0, MaxShown)}…" : text;
        return string.Create(shown.Length, shown, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
        });
    }

    private void ReadFile(SettingsSources sources)
    {
        var named = sources.ConfigFile ?? (sources.Environment[EnvironmentVariables.Config] is string { Length: > 0 } variable ? variable : null);
        var path = named ?? Path.Combine(sources.Folder, SettingsFile.DefaultName);
        if (named is null && !File.Exists(path)) return;
        using var document = SettingsFile.Load(path);
        var source = Show(Path.GetFileName(path));
        _seenInSource.Clear();
        var sections = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            var name = SettingsTable.Normalize(entry.Name);
            if (name != "channels" && !SettingsTable.Sections.Contains(name))
            {
                ApplyJson("", entry, source);
                continue;
            }
            if (!sections.Add(name)) throw new SettingsException($"{name} ({source}): given twice.");
            if (name == "channels") ApplyChannels(entry.Value, source);
            else if (entry.Value.ValueKind != JsonValueKind.Object) throw new SettingsException($"{name} ({source}): must be an object.");
            else foreach (var inner in entry.Value.EnumerateObject()) ApplyJson(name, inner, source);
        }
    }

    private void ReadEnvironment(SettingsSources sources)
    {
        _seenInSource.Clear();
        foreach (var (name, value) in EnvironmentVariables.Select(sources.Environment).OrderBy(variable => variable.Name, StringComparer.Ordinal))
        {
            if (name == EnvironmentVariables.Config || sources.OtherVariables.Contains(name)) continue;
            if (name == EnvironmentVariables.Channels)
            {
                using var document = SettingsFile.Parse(value, name);
                ApplyChannels(document.RootElement, name);
                continue;
            }
            var parts = name[EnvironmentVariables.Prefix.Length..].Split("__");
            var setting = parts.Length <= 2 ? SettingsTable.Find(parts.Length == 2 ? SettingsTable.Normalize(parts[0]) : "", parts[^1]) : null;
            if (setting is null) throw new SettingsException($"{Show(name)} (environment): there is no such setting.");
            ApplyText(setting, value, name);
        }
    }

    private void ReadCommandLine(SettingsSources sources)
    {
        _seenInSource.Clear();
        foreach (var (name, value) in sources.CommandLine)
        {
            var setting = SettingsTable.All.FirstOrDefault(setting => setting.Option == name) ?? throw new SettingsException($"--{Show(name)} (command line): there is no such option.");
            ApplyText(setting, value, $"--{name}");
        }
    }

    private void ApplyJson(string section, JsonProperty entry, string source)
    {
        if (SettingsTable.Find(section, entry.Name) is not { } setting)
            throw new SettingsException($"{(section.Length == 0 ? "" : section + ".")}{Show(entry.Name)} ({source}): there is no such key.");
        if (!_seenInSource.Add(setting)) throw new SettingsException($"{setting.Path} ({source}): given twice.");
        if (!SettingValue.TryParse(setting.Property, entry.Value, out var value)) throw Refused(setting, entry.Value.GetRawText(), source);
        setting.Apply(_settings, value);
        _origins[setting.Path] = source;
    }

    private void ApplyText(Setting setting, string text, string source)
    {
        if (!_seenInSource.Add(setting)) throw new SettingsException($"{setting.Path} ({source}): given twice, by two names of the same setting.");
        if (!SettingValue.TryParse(setting.Property, text, out var value)) throw Refused(setting, $"\"{text}\"", source);
        setting.Apply(_settings, value);
        _origins[setting.Path] = source;
    }

    private void ApplyChannels(JsonElement json, string source)
    {
        ChannelRulesReader.Apply(json, _settings.Arauto.Channels, source);
        _origins["channels"] = source;
    }

    private static SettingsException Refused(Setting setting, string value, string source) =>
        new($"{setting.Path} ({source}): {(setting.IsSecret ? "this value" : Show(value))} is not allowed; allowed: {SettingValue.Allowed(setting.Property)}.");

    private void Validate()
    {
        var problem = OptionsValidation.FindProblems(_settings.Auth).Concat(OptionsValidation.FindProblems(_settings.Arauto))
            .Concat(OptionsValidation.FindRangeProblems(_settings.SocketIo, "socketio.")).FirstOrDefault();
        if (problem is not null)
        {
            var value = problem.Value is null ? "this value" : $"\"{Show(problem.Value)}\"";
            throw new SettingsException($"{Show(problem.Key)} ({Origin(problem.Key)}): {value} is not allowed; allowed: {problem.Allowed}.");
        }
        if (string.IsNullOrWhiteSpace(_settings.DataFolder) || _settings.DataFolder.Contains('\0'))
            throw new SettingsException($"data ({Origin("data")}): \"{Show(_settings.DataFolder)}\" is not allowed; allowed: the path of a folder.");
        if (_settings.Metrics is { } metrics && metrics.Overlaps(_settings.Listen))
            throw new SettingsException($"metrics ({Origin("metrics")}): \"{metrics}\" is not allowed; allowed: another address or port than listen, which is {_settings.Listen}, or off.");
        _settings.Arauto.Development = _settings.Auth.JwtSecret is null && _settings.Auth.JwksUrl is null;
        if (!_settings.Arauto.Development) return;
        RefuseOpenInDevelopment("listen", _settings.Listen);
        RefuseOpenInDevelopment("metrics", _settings.Metrics);
    }

    private void RefuseOpenInDevelopment(string key, ListenAddress? address)
    {
        if (address is { IsLoopback: false })
            throw new SettingsException($"{key} ({Origin(key)}): \"{address}\" is not allowed in development mode, which anybody who connects can use as anybody; allowed: a loopback address such as 127.0.0.1:{address.Port}, or any address together with --jwt-secret or --jwks.");
    }

    private string Origin(string key) => _origins.GetValueOrDefault(key.StartsWith("channels", StringComparison.Ordinal) ? "channels" : key, "default");
}
