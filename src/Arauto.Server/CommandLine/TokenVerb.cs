using System.CommandLine;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary><c>arauto token</c>: signs a token with the configured key and prints it, and nothing else, on standard output.</summary>
internal static class TokenVerb
{
    public static Command Create(Terminal terminal, IReadOnlyList<Option> issuerOptions, Func<ParseResult, TokenIssuer> issuer)
    {
        var user = new Option<string>("--user") { Description = "Who the token is for.", HelpName = "NAME", Required = true };
        var ttl = new Option<string>("--ttl") { Description = $"How long it is valid: {Duration.Form}.", HelpName = "TIME", DefaultValueFactory = static _ => "1h" };
        var claims = new Option<string[]>("--claim") { Description = "A further claim, name=value; the value is JSON if it can be read as JSON, else text. May be repeated.", HelpName = "K=V" };
        var service = new Option<bool>("--service") { Description = "A service token: it may do everything." };
        var verb = new Command("token", "Print a token signed with the configured key.") { user, ttl, claims, service };
        foreach (var option in issuerOptions) verb.Options.Add(option);
        verb.SetBody(terminal, (parsed, _) =>
        {
            if (!Duration.TryParse(parsed.GetRequiredValue(ttl), out var lifetime)) throw new UsageException($"--ttl must be {Duration.Form}");
            var more = ReadClaims(parsed.GetValue(claims) ?? []);
            try
            {
                terminal.WriteLine(issuer(parsed).Issue(parsed.GetRequiredValue(user), lifetime, more, parsed.GetValue(service)));
            }
            catch (ArgumentException wrong)
            {
                // The issuer's own words, without the name of its parameter.
                throw new UsageException(wrong.ParamName is null ? wrong.Message : wrong.Message.Replace($" (Parameter '{wrong.ParamName}')", "", StringComparison.Ordinal).TrimEnd('.'));
            }
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static Dictionary<string, JsonElement> ReadClaims(string[] texts)
    {
        var claims = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (!ClaimArgument.TryParse(text, out var claim)) throw new UsageException($"--claim \"{TerminalText.Sanitize(text)}\" must be name=value");
            if (!claims.TryAdd(claim.Key, claim.Value)) throw new UsageException($"--claim {TerminalText.Sanitize(claim.Key)} is given twice");
        }
        return claims;
    }
}
