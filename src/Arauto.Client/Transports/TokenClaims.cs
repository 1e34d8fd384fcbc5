using System.Buffers.Text;
using System.Text.Json;

namespace Arauto.Client.Transports;

/// <summary>What a token says, without checking it: only the server can do that.</summary>
/// <param name="Expiry">The <c>exp</c> claim (RFC 7519 section 4.1.4), if there is one.</param>
/// <param name="User">The user, found as the server does: the claim <c>user_id</c>, else <c>sub</c>.</param>
internal sealed record TokenClaims(DateTimeOffset? Expiry, string? User)
{
    private static readonly TokenClaims None = new(null, null);

    /// <summary>Reads a token; one that is not a JWT says nothing.</summary>
    public static TokenClaims Read(string token)
    {
        var first = token.IndexOf('.');
        var second = first < 0 ? -1 : token.IndexOf('.', first + 1);
        if (second < 0) return None;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(first + 1, second - first - 1)));
            return claims.RootElement.ValueKind == JsonValueKind.Object
                ? new TokenClaims(ExpiryOf(claims.RootElement), TextOf(claims.RootElement, "user_id") ?? TextOf(claims.RootElement, "sub"))
                : None;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return None;
        }
    }

    private static DateTimeOffset? ExpiryOf(JsonElement claims) =>
        claims.TryGetProperty("exp", out var exp) && exp.ValueKind == JsonValueKind.Number && exp.TryGetDouble(out var seconds) && seconds is >= 0 and <= 253_402_300_799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private static string? TextOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
