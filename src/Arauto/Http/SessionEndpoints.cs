using System.Globalization;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Connections;
using Arauto.Nodes;
using Arauto.Protocol;
using Arauto.Stores;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>What operators and login services do to live sessions; service tokens only.</summary>
internal sealed class SessionEndpoints(NodeServices node, ConnectionCensus census, RevocationList revocations, ApiGate gate, RequestBody bodies)
{
    /// <summary><c>POST /v1/sessions/revoke</c>: takes effect on live connections at once.</summary>
    public async Task RevokeAsync(HttpContext context)
    {
        if (await gate.AdmitServiceAsync(context).ConfigureAwait(false) is null) return;
        if (await bodies.ReadAsync(context, ApiJson.Wire.RevokeBody).ConfigureAwait(false) is not { } body) return;
        if (body.User is null == body.TokenId is null)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "Give \"user\" or \"token_id\".")).ConfigureAwait(false);
            return;
        }
        DateTimeOffset? before = null;
        if (body.IssuedBefore is { } given && (before = ParseMoment(given)) is null)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "\"issued_before\" must be an ISO 8601 moment or seconds since 1970.")).ConfigureAwait(false);
            return;
        }
        var live = CountRevokable(body);
        try
        {
            // Not cut short by a caller that hangs up: what is in force must also be stored.
            if (body.User is not null) await revocations.RevokeUserAsync(body.User, before, CancellationToken.None).ConfigureAwait(false);
            else await revocations.RevokeTokenAsync(body.TokenId!, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(
                ErrorCode.Unavailable, "The revocation is in force on this node but could not be stored; repeat it.", TimeSpan.FromSeconds(1))).ConfigureAwait(false);
            return;
        }
        await context.Response.WriteAsJsonAsync(new RevokeResponse(live - CountRevokable(body)), ApiJson.Wire.RevokeResponse, cancellationToken: context.RequestAborted).ConfigureAwait(false);

        int CountRevokable(RevokeBody of) => node.Hub.Connections.Count(connection =>
            connection.Identity is { } identity && (of.User is not null ? identity.User == of.User : identity.TokenId == of.TokenId) && !revocations.IsRevoked(identity));
    }

    /// <summary><c>GET /v1/connections?user=</c>.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (await gate.AdmitServiceAsync(context).ConfigureAwait(false) is null) return;
        var user = context.Request.Query["user"].ToString();
        var (connections, missing) = await census.ListAsync(user.Length > 0 ? user : null, context.RequestAborted).ConfigureAwait(false);
        var body = new ConnectionsResponse(connections, missing > 0 ? missing : null);
        await context.Response.WriteAsJsonAsync(body, ApiJson.Wire.ConnectionsResponse, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary><c>DELETE /v1/connections/{id}</c>.</summary>
    public async Task CloseAsync(HttpContext context, string id)
    {
        if (await gate.AdmitServiceAsync(context).ConfigureAwait(false) is null) return;
        var (found, missing) = await census.CloseAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (found)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else if (missing == 0)
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.NotFound, "There is no such connection.")).ConfigureAwait(false);
        else
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.Unavailable, $"{missing} nodes did not say whether it is theirs; repeat it.", TimeSpan.FromSeconds(1))).ConfigureAwait(false);
    }

    private static DateTimeOffset? ParseMoment(JsonElement value) => value.ValueKind switch
    {
        // The raw text, since half of a surrogate pair has no other; a moment needs no escapes.
        JsonValueKind.String when DateTimeOffset.TryParse(value.GetRawText().Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
        JsonValueKind.Number when value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253402300799 => DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        _ => null,
    };
}
