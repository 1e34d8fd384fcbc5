using Arauto.Auth;
using Arauto.Protocol;

namespace Arauto.Server.Demo;

/// <summary><c>POST /dev/token {"user":"alice"}</c>: a token for any user, without a question. Only for development mode.</summary>
/// <remarks>
/// Programs may ask, and pages of this machine. Pages of other sites may not, whatever the node's allow-list says: a
/// visitor's browser would fetch tokens for them, also from a site whose name was re-bound to 127.0.0.1.
/// </remarks>
internal sealed class DevelopmentTokenEndpoint(TokenIssuer issuer)
{
    private const int MaxBodyBytes = 4096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private readonly OriginPolicy _origins = new([], development: true);

    /// <summary>Answers one request.</summary>
    public async Task IssueAsync(HttpContext context)
    {
        var request = context.Request;
        if (!_origins.IsAllowed(request.Headers.Origin, request.Scheme, request.Host.Value))
        {
            await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.OriginNotAllowed, "Only pages of this machine (localhost, 127.0.0.1, [::1]) may ask for development tokens."));
            return;
        }
        if (await DemoBody.ReadAsync(context, DemoJson.Default.DevelopmentTokenRequest, MaxBodyBytes, """{"user":"alice"}""") is not { } body) return;
        if (Identity.IsValidUser(body.User)) await AnswerAsync(context, body.User);
        else await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, $"\"user\" must have 1 to {Identity.MaxUserLength} printable characters without white space, comma and asterisk."));
    }

    private Task AnswerAsync(HttpContext context, string user)
    {
        context.Response.Headers.CacheControl = "no-store";
        var body = new DevelopmentTokenResponse(issuer.Issue(user, Lifetime));
        return context.Response.WriteAsJsonAsync(body, DemoJson.Default.DevelopmentTokenResponse, cancellationToken: context.RequestAborted);
    }
}
