using System.Collections.Frozen;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Options;

namespace Arauto.Server.Configuration;

/// <summary>All settings: the one place that says what can be set and by which name.</summary>
internal static class SettingsTable
{
    /// <summary>The names on the command line of settings that live in a section.</summary>
    private static readonly FrozenDictionary<string, string> SectionOptions = new Dictionary<string, string>
    {
        ["limits.connections"] = "max-connections",
        ["limits.connectionsPerUser"] = "connections-per-user",
        ["limits.connectionsPerSecond"] = "connections-per-second",
        ["limits.messageBytes"] = "message-bytes",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All settings, in the order of the reference.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Server("listen", nameof(ServerSettings.Listen)),
        Server("metrics", nameof(ServerSettings.Metrics)),
        Server("data", nameof(ServerSettings.DataFolder)),
        // The address of a database carries a password; one that is not spoken here is refused, but must not be shown.
        Server("store", nameof(ServerSettings.Store), isSecret: true),
        // The address may carry a password.
        Node("redis", nameof(ArautoOptions.Redis), "redis", isSecret: true),
        Node("node", nameof(ArautoOptions.Node), "node"),
        Auth("jwtSecret", nameof(AuthOptions.JwtSecret), "jwt-secret", isSecret: true),
        // An address may carry a password.
        Auth("jwks", nameof(AuthOptions.JwksUrl), "jwks", isSecret: true),
        Auth("jwtIssuer", nameof(AuthOptions.Issuer), "jwt-issuer"),
        Auth("jwtAudience", nameof(AuthOptions.Audience), "jwt-audience"),
        Auth("clockSkewSeconds", nameof(AuthOptions.ClockSkewSeconds), null),
        Auth("allowTokensWithoutExpiry", nameof(AuthOptions.AllowTokensWithoutExpiry), null),
        Node("origins", nameof(ArautoOptions.Origins), "origins"),
        Node("trustedProxies", nameof(ArautoOptions.TrustedProxies), "trusted-proxies"),
        Node("lanes", nameof(ArautoOptions.Lanes), null),
        Server("logLevel", nameof(ServerSettings.LogLevel), "log-level"),
        Server("logFormat", nameof(ServerSettings.LogFormat), "log-format"),
        .. Section("limits", settings => settings.Arauto.Limits),
        .. Section("heartbeat", settings => settings.Arauto.Heartbeat),
        .. Section("presence", settings => settings.Arauto.Presence),
        .. Section("drain", settings => settings.Arauto.Drain),
        .. Section("cluster", settings => settings.Arauto.Cluster),
        .. Section("socketio", settings => settings.SocketIo),
        .. Section("socketio", settings => settings.Arauto.SocketCluster),
    ];

    /// <summary>The sections of the file, without the channels' rules.</summary>
    public static IReadOnlyList<string> Sections { get; } = [.. All.Select(setting => setting.Section).Where(section => section.Length > 0).Distinct()];

    private static readonly FrozenDictionary<string, Setting> ByName = CreateNames();

    /// <summary>The setting with a path or option's name in any spelling: <c>jwtSecret</c>, <c>jwt-secret</c>, <c>JWT_SECRET</c>.</summary>
    public static Setting? Find(string section, string name) => ByName.GetValueOrDefault(section.Length == 0 ? Normalize(name) : $"{section}.{Normalize(name)}");

    /// <summary>One form for all spellings of a name: lower case, without hyphens and underscores.</summary>
    public static string Normalize(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static Setting Server(string path, string property, string? option = null, bool isSecret = false) =>
        new(path, option ?? path, typeof(ServerSettings).GetProperty(property)!, settings => settings, isSecret);

    private static Setting Node(string path, string property, string? option, bool isSecret = false) =>
        new(path, option, typeof(ArautoOptions).GetProperty(property)!, settings => settings.Arauto, isSecret);

    private static Setting Auth(string path, string property, string? option, bool isSecret = false) =>
        new(path, option, typeof(AuthOptions).GetProperty(property)!, settings => settings.Auth, isSecret);

    private static IEnumerable<Setting> Section(string section, Func<ServerSettings, object> owner)
    {
        foreach (var property in owner(new ServerSettings()).GetType().GetProperties())
        {
            var path = $"{section}.{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}";
            yield return new Setting(path, SectionOptions.GetValueOrDefault(path), property, owner);
        }
    }

    private static FrozenDictionary<string, Setting> CreateNames()
    {
        var names = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in All)
        {
            names.Add(string.Join('.', setting.Path.Split('.').Select(Normalize)), setting);
            if (setting.Option is { } option) names.TryAdd(Normalize(option), setting);
        }
        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
