using System.Buffers.Text;
using System.Text.Json;

namespace Arauto.Client.Connections;

/// <summary>Reads when a token ends, without checking it: only the server can do that.</summary>
internal static class TokenLifetime
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>The <c>exp</c> claim (RFC 7519 section 4.1.4); <see langword="null"/> when there is none or the token is not a JWT.</summary>
    public static DateTimeOffset? Expiry(string token)
    {
        var first = token.IndexOf('.');
        var second = first < 0 ? -1 : token.IndexOf('.', first + 1);
        if (second < 0) return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(first + 1, second - first - 1)));
            return claims.RootElement.ValueKind == JsonValueKind.Object
                && claims.RootElement.TryGetProperty("exp", out var exp) && exp.ValueKind == JsonValueKind.Number && exp.TryGetDouble(out var seconds)
                && seconds is >= 0 and <= 253_402_300_799
                ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
                : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>How long to wait before asking for the next token: a minute before the end, or at four fifths of a short life.</summary>
    public static TimeSpan RefreshIn(DateTimeOffset expiry, DateTimeOffset now)
    {
        var left = expiry - now;
        var wait = left - (left / 5 < Margin ? left / 5 : Margin);
        return wait > Least ? wait : Least;
    }
}
