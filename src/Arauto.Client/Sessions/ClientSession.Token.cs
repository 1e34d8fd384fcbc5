using Arauto.Client.Connections;
using Arauto.Client.Transports;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <content>The token: taken before each connection, renewed on it.</content>
internal sealed partial class ClientSession
{
    /// <summary>Takes a token for the next connection; on failure the end.</summary>
    private async Task<LinkEnd?> TakeTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            Volatile.Write(ref _token, _options.TokenProvider is { } provider ? await provider(cancellationToken).ConfigureAwait(false) : _options.Token);
        }
        catch (Exception error)
        {
            return LinkEnd.Lost($"No token could be had: {error.Message}", error);
        }
        return _token is not null && _token == _rejectedToken
            ? new LinkEnd(LinkEndKind.Refused, ArautoException.Of(ErrorCode.Unauthorized, "The server refused the token, and the token provider has no other."))
            : null;
    }

    /// <summary>Renews the token of the live connection before it expires. Failing is no fault: the server closes, and the next connection asks again.</summary>
    private async Task RefreshTokenAsync(CancellationToken cancellationToken)
    {
        if (_options.TokenProvider is not { } provider) return;
        try
        {
            while (_token is { } token && TokenClaims.Read(token).Expiry is { } expiry)
            {
                var wait = TokenLifetime.RefreshIn(expiry, _time.GetUtcNow());
                // Timers end at 49 days; a longer life is waited for in parts.
                await Task.Delay(wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1), _time, cancellationToken).ConfigureAwait(false);
                if (wait >= TimeSpan.FromDays(1)) continue;
                if (await provider(cancellationToken).ConfigureAwait(false) is not { } fresh || fresh == token) continue;
                await RequestAsync(id => new AuthCommand { Id = id, Token = fresh }, resend: false, cancellationToken: cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _token, fresh);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection ended.
        }
        catch (Exception error)
        {
            _observer.OnUnreadable($"The token could not be renewed: {error.Message}");
        }
    }
}
