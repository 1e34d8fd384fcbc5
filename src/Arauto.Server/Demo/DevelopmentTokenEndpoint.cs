using System.Buffers;
using System.Text.Json;
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
            await RefuseAsync(context, ErrorCode.OriginNotAllowed, "Only pages of this machine (localhost, 127.0.0.1, [::1]) may ask for development tokens.");
            return;
        }
        var read = await request.BodyReader.ReadAtLeastAsync(MaxBodyBytes + 1, context.RequestAborted);
        if (read.Buffer.Length > MaxBodyBytes)
        {
            request.BodyReader.AdvanceTo(read.Buffer.End);
            await RefuseAsync(context, ErrorCode.TooLarge, $"The body may have {MaxBodyBytes} bytes.");
            return;
        }
        var body = Parse(read.Buffer);
        request.BodyReader.AdvanceTo(read.Buffer.End);
        if (body is null) await RefuseAsync(context, ErrorCode.InvalidMessage, """The body must be JSON such as {"user":"alice"}.""");
        else if (!Identity.IsValidUser(body.User))
            await RefuseAsync(context, ErrorCode.InvalidMessage, $"\"user\" must have 1 to {Identity.MaxUserLength} printable characters without white space, comma and asterisk.");
        else await AnswerAsync(context, body.User);
    }

    private Task AnswerAsync(HttpContext context, string user)
    {
        context.Response.Headers.CacheControl = "no-store";
        var body = new DevelopmentTokenResponse(issuer.Issue(user, Lifetime));
        return context.Response.WriteAsJsonAsync(body, DemoJson.Default.DevelopmentTokenResponse, cancellationToken: context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, ErrorCode code, string message)
    {
        var entry = code.Entry();
        context.Response.StatusCode = entry.HttpStatus;
        var body = new DevelopmentTokenRefusal(new DevelopmentTokenError(entry.Word, message));
        return context.Response.WriteAsJsonAsync(body, DemoJson.Default.DevelopmentTokenRefusal, cancellationToken: context.RequestAborted);
    }

    private static DevelopmentTokenRequest? Parse(ReadOnlySequence<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.ToArray(), DemoJson.Default.DevelopmentTokenRequest);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // InvalidOperationException is the reader's complaint about half a surrogate pair.
        }
    }
}
