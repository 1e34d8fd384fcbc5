using Arauto.Protocol;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Arauto.Auth;

/// <summary>Checks JWTs (RFC 7519) as RFC 8725 advises: algorithms pinned by the key, not by the token.</summary>
internal sealed class TokenValidator(AuthOptions options, ISigningKeys keys, RevocationList revocations, TimeProvider time) : ITokenValidator
{
    private static readonly ProtocolError NoKeys = new(ErrorCode.Unavailable, "The issuer's keys cannot be read now; try again.", JwksKeys.MinInterval);

    /// <summary>
    /// A signature provider for each token. The library's cache of them hands out one that it has not marked as cached yet, whose
    /// first user then disposes it under the others: of tokens that come at once, such as after a start, some would be refused.
    /// </summary>
    private static readonly CryptoProviderFactory Providers = new() { CacheSignatureProviders = false };

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = UnverifiedToken.MaxLength };
    private readonly TimeSpan _skew = TimeSpan.FromSeconds(options.ClockSkewSeconds);

    /// <inheritdoc/>
    public ValueTask<TokenResult> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (UnverifiedToken.TryParse(token, out var unverified) is { } problem) return new(Refused(problem));
        if (!keys.Algorithms.Contains(unverified!.Header.Algorithm, StringComparer.Ordinal))
        {
            unverified.Dispose();
            return new(Refused($"The token's algorithm is not accepted here; accepted: {string.Join(", ", keys.Algorithms)}."));
        }
        var found = keys.Find(unverified.Header);
        if (found.Count == 0) return FetchAndCheckAsync(token, unverified, cancellationToken);
        using (unverified) return new(Check(token, unverified, found));
    }

    private async ValueTask<TokenResult> FetchAndCheckAsync(string token, UnverifiedToken unverified, CancellationToken cancellationToken)
    {
        using (unverified)
        {
            var found = await keys.FetchAsync(unverified.Header, cancellationToken).ConfigureAwait(false);
            if (found is null) return new TokenResult(NoKeys);
            return found.Count == 0 ? Refused("The issuer has no key that the token names.") : Check(token, unverified, found);
        }
    }

    private TokenResult Check(string token, UnverifiedToken unverified, IReadOnlyList<SecurityKey> candidates)
    {
        if (CheckSignature(token, candidates) is { } problem) return Refused(problem);
        if (IdentityReader.TryRead(unverified.Claims, out var identity, out var notBefore) is { } wrong) return Refused(wrong);
        var now = time.GetUtcNow();
        if (identity!.Expires is null && !options.AllowTokensWithoutExpiry) return Refused("The token has no expiry; it needs the claim \"exp\".");
        if (identity.Expires is { } expires && now >= expires) return new TokenResult(new ProtocolError(ErrorCode.TokenExpired, "The token has expired; come back with a new one."));
        if (notBefore is { } begin && now + _skew < begin) return Refused("The token is not valid yet (claim \"nbf\"); check the clocks.");
        // Without this a token dated ahead would escape a revocation of all tokens issued up to now.
        if (identity.IssuedAt is { } issuedAt && now + _skew < issuedAt) return Refused("The token was issued in the future (claim \"iat\"); check the clocks.");
        if (revocations.IsRevoked(identity)) return new TokenResult(new ProtocolError(ErrorCode.TokenRevoked, "The token was revoked; sign in again."));
        return new TokenResult(identity);
    }

    /// <remarks>The lifetime is checked by us, against the <see cref="TimeProvider"/>.</remarks>
    private string? CheckSignature(string token, IReadOnlyList<SecurityKey> candidates)
    {
        var parameters = new TokenValidationParameters
        {
            IssuerSigningKeys = candidates,
            // The candidates are the answer to the token's key id; the library must not look for others, nor insist on the id.
            IssuerSigningKeyResolver = (_, _, _, _) => candidates,
            ValidAlgorithms = keys.Algorithms,
            CryptoProviderFactory = Providers,
            RequireSignedTokens = true,
            RequireExpirationTime = false,
            ValidateLifetime = false,
            ValidateIssuer = options.Issuer is not null,
            ValidIssuer = options.Issuer,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,
        };
        Exception? failure;
        try
        {
            var result = _handler.ValidateToken(token, parameters);
            if (result.IsValid) return null;
            failure = result.Exception;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or FormatException or InvalidOperationException)
        {
            failure = exception;
        }
        // The library's messages quote the token; only the kind of failure leaves this method.
        return failure switch
        {
            SecurityTokenInvalidIssuerException => "The token is of another issuer.",
            SecurityTokenInvalidAudienceException => "The token is meant for another audience.",
            SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException => "The token's signature does not match.",
            _ => "The token is not valid.",
        };
    }

    private static TokenResult Refused(string why) => new(new ProtocolError(ErrorCode.Unauthorized, why));
}
