using System.Globalization;
using Arauto.Auth;
using Arauto.Limits;
using Arauto.Options;
using Arauto.Protocol;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>What every request of the HTTP API passes first: a token, then the user's rate of requests.</summary>
internal sealed class ApiGate(ITokenValidator tokens, ArautoOptions options, TimeProvider time)
{
    private const int BurstSeconds = 4;

    private readonly KeyedTokenBuckets<string> _requests = new(
        new TokenRate(options.Limits.RequestsPerSecond, Math.Max(1, options.Limits.RequestsPerSecond * BurstSeconds), time), time);

    /// <summary>The token of a request: the header <c>Authorization: Bearer</c>, else the query <c>token</c> where the endpoint takes one.</summary>
    public static string? TokenOf(HttpRequest request, bool queryToo)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return header[Scheme.Length..].Trim();
        var query = queryToo ? request.Query["token"].ToString() : "";
        return query.Length > 0 ? query : null;
    }

    /// <summary>Lets a request in, or answers it with the error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="queryToo">Whether the token may be in the query; for what a browser calls without headers of its own.</param>
    /// <returns>Who asks, or <see langword="null"/> if the answer was written.</returns>
    public async ValueTask<Identity?> AdmitAsync(HttpContext context, bool queryToo = false)
    {
        if (TokenOf(context.Request, queryToo) is not { } token)
            return await RefuseAsync(context, new ProtocolError(ErrorCode.Unauthorized, "Send a token: Authorization: Bearer …")).ConfigureAwait(false);
        var result = await tokens.ValidateAsync(token, context.RequestAborted).ConfigureAwait(false);
        if (!result.IsValid) return await RefuseAsync(context, result.Error).ConfigureAwait(false);
        var identity = result.Identity;
        if (!identity.IsService && !_requests.TryTake(identity.User, out var wait))
        {
            var rate = options.Limits.RequestsPerSecond.ToString(CultureInfo.InvariantCulture);
            return await RefuseAsync(context, new ProtocolError(ErrorCode.RateLimited, $"A user may send {rate} requests a second (limits.requestsPerSecond).", wait)).ConfigureAwait(false);
        }
        return identity;
    }

    /// <summary>As <see cref="AdmitAsync"/>, for what only service tokens may.</summary>
    public async ValueTask<Identity?> AdmitServiceAsync(HttpContext context)
    {
        var identity = await AdmitAsync(context).ConfigureAwait(false);
        if (identity is null || identity.IsService) return identity;
        return await RefuseAsync(context, new ProtocolError(ErrorCode.Forbidden, "Only service tokens may do this.")).ConfigureAwait(false);
    }

    private static async ValueTask<Identity?> RefuseAsync(HttpContext context, ProtocolError error)
    {
        await ErrorResponse.WriteAsync(context, error).ConfigureAwait(false);
        return null;
    }
}
