using Arauto.Auth;
using Arauto.Http;
using Arauto.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto;

/// <summary>What stands in front of Arauto's addresses.</summary>
public static class ArautoPipeline
{
    /// <summary>
    /// Answers faults in the API's JSON form, and lets pages of the allowed origins call the API (CORS). Call it before
    /// <c>UseRouting</c>; for applications that have neither of their own.
    /// </summary>
    public static IApplicationBuilder UseArauto(this IApplicationBuilder app)
    {
        var origins = app.ApplicationServices.GetRequiredService<OriginPolicy>();
        return app
            .UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerFaultAsync })
            .UseCors(policy => policy
                .SetIsOriginAllowed(origin => origins.IsAllowed(origin, "", null))
                .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
                .AllowAnyHeader()
                .WithExposedHeaders("Retry-After", Correlation.Header, "Idempotency-Replayed")
                .SetPreflightMaxAge(TimeSpan.FromMinutes(10)));
    }

    /// <summary>Details of a fault of ours are in the log; the client gets the catalogue's word. A request that breaks HTTP gets the web server's words.</summary>
    private static Task AnswerFaultAsync(HttpContext context) =>
        ErrorResponse.WriteAsync(context, context.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } bad => new ProtocolError(ErrorCode.TooLarge, bad.Message),
            BadHttpRequestException bad => new ProtocolError(ErrorCode.InvalidMessage, bad.Message),
            _ => new ProtocolError(ErrorCode.Internal, "The server failed on this request; its log has the details."),
        });
}
