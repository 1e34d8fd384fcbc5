using Arauto.Protocol.Codecs;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>The id by which a request is followed through logs: the trace id of <c>traceparent</c> (W3C Trace Context), else <c>X-Request-ID</c>, else none yet.</summary>
internal static class Correlation
{
    /// <summary>The header in which the id is accepted and given back.</summary>
    public const string Header = "X-Request-ID";

    /// <summary>What the request brings; <see langword="null"/> if nothing usable.</summary>
    public static string? Of(HttpRequest request)
    {
        // version "-" trace-id (32 hexadecimal digits) "-" parent-id "-" flags
        var traceparent = request.Headers.TraceParent.ToString();
        if (traceparent.Length >= 55 && traceparent[2] == '-' && traceparent[35] == '-')
        {
            var trace = traceparent[3..35];
            if (trace.All(char.IsAsciiHexDigitLower) && trace.Any(c => c != '0')) return trace;
        }
        var given = request.Headers[Header].ToString();
        return given.Length is > 0 and <= NativeLimits.MaxCorrelationIdLength && given.All(c => c is > ' ' and <= '~') ? given : null;
    }
}
