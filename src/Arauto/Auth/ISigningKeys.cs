using Microsoft.IdentityModel.Tokens;

namespace Arauto.Auth;

/// <summary>The keys that may have signed a token. Safe for concurrent use.</summary>
internal interface ISigningKeys
{
    /// <summary>The only algorithms these keys are used with, whatever a token's header says (RFC 8725 section 3.1).</summary>
    IReadOnlyList<string> Algorithms { get; }

    /// <summary>The keys at hand for a header; empty if it must be looked for with <see cref="FetchAsync"/>.</summary>
    IReadOnlyList<SecurityKey> Find(TokenHeader header);

    /// <summary>Looks for keys where they are published.</summary>
    /// <returns>The keys for the header, empty if the issuer has none; <see langword="null"/> if the issuer cannot be asked now.</returns>
    ValueTask<IReadOnlyList<SecurityKey>?> FetchAsync(TokenHeader header, CancellationToken cancellationToken);
}
