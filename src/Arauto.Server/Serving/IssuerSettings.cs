using System.CommandLine;
using Arauto.Auth;
using Arauto.Server.CommandLine;
using Arauto.Server.Configuration;

namespace Arauto.Server.Serving;

/// <summary>How <c>arauto token</c> finds the key that <c>arauto serve</c> checks with: the same settings from the same sources.</summary>
internal static class IssuerSettings
{
    private static readonly string[] Names = ["jwt-secret", "jwks", "data", "jwt-issuer", "jwt-audience"];
    private static readonly Command Holder = new("token");
    private static readonly CommandLineSettings Settings = new();

    static IssuerSettings() => Settings.AddTo(Holder, Names);

    /// <summary>The options that say where the key is.</summary>
    public static IReadOnlyList<Option> Options => [.. Holder.Options];

    /// <summary>The issuer for the configured key.</summary>
    /// <exception cref="UsageException">The configuration is wrong, or there is no key to sign with.</exception>
    public static TokenIssuer CreateIssuer(ParseResult parsed)
    {
        var settings = ServeVerb.Read(Settings, parsed);
        if (settings.Auth.JwksUrl is not null) throw new UsageException("tokens for a JWKS address come from its issuer; this server holds no key to sign with");
        if (settings.Arauto.Development) settings.Auth.JwtSecret = DevelopmentKey.LoadOrCreate(settings.DataFolder);
        return new TokenIssuer(settings.Auth, TimeProvider.System);
    }
}
