using Arauto.Auth;

namespace Arauto.SocketIoHost;

/// <summary>Believes every token, since suites send some that mean nothing.</summary>
internal sealed class Anyone : ITokenValidator
{
    public ValueTask<TokenResult> ValidateAsync(string token, CancellationToken cancellationToken) => new(new TokenResult(new Identity { User = "anyone" }));
}
