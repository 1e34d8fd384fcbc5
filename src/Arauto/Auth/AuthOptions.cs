using System.ComponentModel.DataAnnotations;

namespace Arauto.Auth;

/// <summary>Which tokens a node believes. Exactly one of <see cref="JwtSecret"/> and <see cref="JwksUrl"/> is set. Validated at start by <see cref="Options.OptionsValidation"/>.</summary>
public sealed class AuthOptions
{
    /// <summary>The least length of <see cref="JwtSecret"/>, in bytes of UTF-8 (RFC 7518 section 3.2).</summary>
    public const int MinSecretBytes = 32;

    /// <summary>The secret that signs tokens with HS256, at least 32 bytes of UTF-8. Default: none.</summary>
    public string? JwtSecret { get; set; }

    /// <summary>Where the issuer publishes its public keys (JWKS, RFC 7517), http or https; tokens are then RS256 or ES256. Default: none.</summary>
    public Uri? JwksUrl { get; set; }

    /// <summary>What the claim <c>iss</c> must be. Default: not checked.</summary>
    public string? Issuer { get; set; }

    /// <summary>What the claim <c>aud</c> must be or contain. Default: not checked.</summary>
    public string? Audience { get; set; }

    /// <summary>Seconds by which clocks may differ when <c>nbf</c> and <c>iat</c> are checked, 0 to 300; <c>exp</c> holds to the second. Default: 5.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 5;

    /// <summary>Whether tokens without <c>exp</c> are believed; such a token ends only by revocation. Default: false.</summary>
    public bool AllowTokensWithoutExpiry { get; set; }
}
