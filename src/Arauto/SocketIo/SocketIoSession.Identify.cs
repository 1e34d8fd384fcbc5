using System.Text.Json;
using Arauto.Auth;
using Arauto.Connections;
using Arauto.Protocol;

namespace Arauto.SocketIo;

/// <summary>Who a client is.</summary>
internal sealed partial class SocketIoSession
{
    private HashSet<string>? _users;

    private async ValueTask<(Identity? Identity, ProtocolError? Error)> IdentifyAsync(JsonElement auth, string id)
    {
        if (TokenOf(auth) is not { } token)
        {
            return _server.Options.AllowAnonymous
                ? (new Identity { User = id }, null)
                : (null, new ProtocolError(ErrorCode.Unauthorized, "Send a token: io(url, { auth: { token } })."));
        }
        // What is no token of ours may be one of the application's own, which its gateway checks.
        if (_server.Options.AllowAnonymous && !IsJwt(token)) return (new Identity { User = id }, null);
        var result = await _server.Node.Tokens.ValidateAsync(token, _engine.Closed).ConfigureAwait(false);
        if (!result.IsValid) return (null, result.Error);
        return await TryCountAsync(result.Identity.User).ConfigureAwait(false) ? (result.Identity, null) : (null, Connection.TooManyConnections(_server.Node));
    }

    private string? TokenOf(JsonElement auth)
    {
        const string Scheme = "Bearer ";
        if (auth.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String) return token.GetString();
        var handshake = _engine.Handshake;
        if (handshake.FindHeader("authorization") is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return header[Scheme.Length..].Trim();
        return handshake.FindParameter("token") is { Length: > 0 } query ? query : null;
    }

    private static bool IsJwt(ReadOnlySpan<char> token) => token.Count('.') == 2;

    /// <summary>A user's session counts once, whatever the number of its namespaces.</summary>
    private async ValueTask<bool> TryCountAsync(string user)
    {
        lock (_gate)
        {
            if (_closed || _users?.Contains(user) == true) return !_closed;
        }
        if (!await _server.Node.ConnectionCounts.TryEnterAsync(user).ConfigureAwait(false)) return false;
        lock (_gate)
        {
            // Packets of a session are taken one after the other, so only its end can come in between.
            if (!_closed && (_users ??= new HashSet<string>(StringComparer.Ordinal)).Add(user)) return true;
        }
        _server.Node.ConnectionCounts.Leave(user);
        return false;
    }

    private void LeaveUsers()
    {
        lock (_gate)
        {
            foreach (var user in _users ?? []) _server.Node.ConnectionCounts.Leave(user);
            _users = null;
        }
    }
}
