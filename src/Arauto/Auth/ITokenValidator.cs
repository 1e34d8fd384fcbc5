namespace Arauto.Auth;

/// <summary>Decides who speaks. Safe for concurrent use. Never throws because of a token, whatever its bytes.</summary>
public interface ITokenValidator
{
    /// <summary>Checks a token. Completes synchronously unless keys must be fetched first.</summary>
    /// <param name="token">The token as it came: a JWT in compact form (RFC 7519).</param>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    ValueTask<TokenResult> ValidateAsync(string token, CancellationToken cancellationToken);
}
