using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.EngineIo;
using Arauto.Gateways;
using Arauto.Protocol;
using Arauto.Redis;
using Microsoft.Extensions.Options;

namespace Arauto.Options;

/// <summary>Checks every range and every conflict that the options' descriptions state. Pure and safe for concurrent use.</summary>
/// <remarks>The ranges stand as <see cref="RangeAttribute"/> on the options, so that this check and the generated reference read the same numbers.</remarks>
public sealed class OptionsValidation : IValidateOptions<ArautoOptions>, IValidateOptions<AuthOptions>
{
    private const int MaxListEntries = 1000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ArautoOptions options) => Result(FindProblems(options));

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AuthOptions options) => Result(FindProblems(options));

    /// <summary>All problems of a node's options, none if they are in order.</summary>
    public static IReadOnlyList<OptionsProblem> FindProblems(ArautoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<OptionsProblem>();
        CheckRanges(options, "", problems);
        CheckRanges(options.Heartbeat, "heartbeat.", problems);
        CheckRanges(options.Limits, "limits.", problems);
        CheckRanges(options.Presence, "presence.", problems);
        CheckRanges(options.Drain, "drain.", problems);
        CheckRanges(options.Cluster, "cluster.", problems);
        if (options.Redis is not null && !RedisAddress.TryParse(options.Redis, out _)) problems.Add(new OptionsProblem("redis", null, RedisAddress.Forms));
        CheckRanges(options.SocketCluster, "socketio.", problems);
        if (options.SocketCluster.Key is not { Length: >= 1 and <= 128 })
            problems.Add(new OptionsProblem("socketio.key", options.SocketCluster.Key, "1 to 128 characters"));
        if (options.SocketCluster.Adapter != SocketAdapter.Off && options.Redis is null)
            problems.Add(new OptionsProblem("socketio.adapter", JsonNamingPolicy.CamelCase.ConvertName($"{options.SocketCluster.Adapter}"), "off, since there is no redis"));
        if (options.Node is not { Length: >= 1 and <= 64 } node || !node.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            problems.Add(new OptionsProblem("node", options.Node, "1 to 64 letters, digits, dots, hyphens or underscores"));
        if (options.Heartbeat.TimeoutSeconds <= options.Heartbeat.IntervalSeconds)
            problems.Add(new OptionsProblem("heartbeat.timeoutSeconds", $"{options.Heartbeat.TimeoutSeconds}", $"more than heartbeat.intervalSeconds, which is {options.Heartbeat.IntervalSeconds}"));
        if (options.Drain.SpreadSeconds > options.Drain.DeadlineSeconds)
            problems.Add(new OptionsProblem("drain.spreadSeconds", $"{options.Drain.SpreadSeconds}", $"at most drain.deadlineSeconds, which is {options.Drain.DeadlineSeconds}"));
        if (options.Limits.OutboundQueueBytes < options.Limits.MessageBytes)
            problems.Add(new OptionsProblem("limits.outboundQueueBytes", $"{options.Limits.OutboundQueueBytes}", $"at least limits.messageBytes, which is {options.Limits.MessageBytes}"));
        CheckOrigins(options.Origins, problems);
        CheckList(options.TrustedProxies, "trustedProxies", text => IPAddress.TryParse(text, out _) || IPNetwork.TryParse(text, out _), "addresses such as 10.0.0.7 and networks such as 10.0.0.0/8", problems);
        CheckChannels(options.Channels, problems);
        return problems;
    }

    /// <summary>All problems of the options for tokens, none if they are in order. Neither a secret nor a JWKS address is in order too: it means development mode.</summary>
    public static IReadOnlyList<OptionsProblem> FindProblems(AuthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<OptionsProblem>();
        CheckRanges(options, "", problems);
        if (options.JwtSecret is { } secret && Encoding.UTF8.GetByteCount(secret) is var bytes and < AuthOptions.MinSecretBytes)
            problems.Add(new OptionsProblem("jwtSecret", null, $"at least {AuthOptions.MinSecretBytes} bytes, and this has {bytes}; a good one is made by: openssl rand -base64 32"));
        if (options.JwksUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
            problems.Add(new OptionsProblem("jwks", null, "an absolute http or https address"));
        if (options.JwtSecret is not null && options.JwksUrl is not null)
            problems.Add(new OptionsProblem("jwks", null, "either jwtSecret or jwks, not both"));
        if (options.Issuer is "") problems.Add(new OptionsProblem("jwtIssuer", "", "a text that is not empty"));
        if (options.Audience is "") problems.Add(new OptionsProblem("jwtAudience", "", "a text that is not empty"));
        return problems;
    }

    /// <summary>All problems of the options of an Engine.IO address, none if they are in order.</summary>
    public static IReadOnlyList<OptionsProblem> FindProblems(EngineIoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<OptionsProblem>();
        CheckRanges(options, "", problems);
        CheckOrigins(options.Origins, problems);
        if (options is { AllowPolling: false, AllowWebSocket: false })
            problems.Add(new OptionsProblem("allowWebSocket", "false", "true, since allowPolling is false too"));
        if (options.CookieName is { } name && (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')))
            problems.Add(new OptionsProblem("cookieName", name, "letters, digits, dots, hyphens and underscores"));
        return problems;
    }

    /// <summary>All problems of the options of a Socket.IO address, none if they are in order.</summary>
    public static IReadOnlyList<OptionsProblem> FindProblems(SocketIoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return [.. FindRangeProblems(options, ""), .. FindProblems(options.Engine).Select(problem => problem with { Key = "engine." + problem.Key })];
    }

    /// <summary>The values of a section that are out of the ranges which stand on its properties.</summary>
    /// <param name="section">The options.</param>
    /// <param name="path">What their keys begin with.</param>
    public static IReadOnlyList<OptionsProblem> FindRangeProblems(object section, string path)
    {
        ArgumentNullException.ThrowIfNull(section);
        var problems = new List<OptionsProblem>();
        CheckRanges(section, path, problems);
        return problems;
    }

    private static void CheckOrigins(IList<string> origins, List<OptionsProblem> problems) =>
        CheckList(origins, "origins", text => text == "*" || WebOrigin.TryParse(text, out _), "origins such as https://app.example (scheme, host, port if not the usual one, no path), or *", problems);

    private static void CheckRanges(object section, string path, List<OptionsProblem> problems)
    {
        foreach (var property in section.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<RangeAttribute>() is not { } range || property.GetValue(section) is not { } value || range.IsValid(value)) continue;
            problems.Add(new OptionsProblem(path + JsonNamingPolicy.CamelCase.ConvertName(property.Name), $"{value}", Describe(range)));
        }
    }

    /// <summary>A range in words, as in the options' descriptions.</summary>
    public static string Describe(RangeAttribute range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return range.Maximum is int.MaxValue ? $"at least {range.Minimum}" : $"{range.Minimum} to {range.Maximum}";
    }

    private static void CheckList(ICollection<string> list, string key, Func<string, bool> isValid, string allowed, List<OptionsProblem> problems)
    {
        if (list.Count > MaxListEntries) problems.Add(new OptionsProblem(key, $"{list.Count} entries", $"at most {MaxListEntries} entries"));
        if (list.FirstOrDefault(text => !isValid(text)) is { } wrong) problems.Add(new OptionsProblem(key, wrong, allowed));
    }

    private static void CheckChannels(IDictionary<string, ChannelOptions> channels, List<OptionsProblem> problems)
    {
        if (channels.Count > MaxListEntries) problems.Add(new OptionsProblem("channels", $"{channels.Count} entries", $"at most {MaxListEntries} entries"));
        foreach (var (name, rules) in channels)
        {
            // Rules are found by the part up to the first colon, so a longer name would never apply.
            if (!ChannelName.IsValid(name) || ChannelName.PrefixOf(name).Length != name.Length)
                problems.Add(new OptionsProblem("channels", name, "prefixes that end with their only colon, such as room:, and names without a colon, such as broadcast"));
            var path = $"channels[\"{name}\"].";
            CheckRanges(rules, path, problems);
            foreach (var (key, rule) in new[] { ("subscribe", rules.Subscribe), ("publish", rules.Publish) })
            {
                if (!Enum.IsDefined(rule)) problems.Add(new OptionsProblem(path + key, $"{rule}", string.Join(", ", Enum.GetNames<AccessRule>().Select(JsonNamingPolicy.CamelCase.ConvertName))));
                else if (rule is AccessRule.Self or AccessRule.Members && !name.EndsWith(':'))
                    problems.Add(new OptionsProblem(path + key, JsonNamingPolicy.CamelCase.ConvertName($"{rule}"), "token, any or service, since the name has no id behind a colon"));
            }
            if (!Enum.IsDefined(rules.SlowConsumer)) problems.Add(new OptionsProblem(path + "slowConsumer", $"{rules.SlowConsumer}", string.Join(", ", Enum.GetNames<SlowConsumerPolicy>().Select(JsonNamingPolicy.CamelCase.ConvertName))));
        }
    }

    private static ValidateOptionsResult Result(IReadOnlyList<OptionsProblem> problems) =>
        problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => problem.ToString()));
}
