using System.Text.Json;

namespace Arauto.Auth;

/// <summary>Turns verified claims (RFC 7519 section 4) into an <see cref="Identity"/>. Pure.</summary>
internal static class IdentityReader
{
    private const int MaxTokenIdLength = 256;
    private static readonly decimal MaxNumericDate = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Reads the claims; what they mean for the present moment is not checked here.</summary>
    /// <returns><see langword="null"/>, or one sentence that names the claim that is wrong.</returns>
    public static string? TryRead(JsonElement claims, out Identity? identity, out DateTimeOffset? notBefore)
    {
        identity = null;
        notBefore = null;
        if (!TryReadDate(claims, "exp"u8, out var expires)) return NotADate("exp");
        if (!TryReadDate(claims, "iat"u8, out var issuedAt)) return NotADate("iat");
        if (!TryReadDate(claims, "nbf"u8, out notBefore)) return NotADate("nbf");
        if (!TryReadText(claims, "jti"u8, allowNumber: false, out var tokenId) || tokenId is { Length: 0 or > MaxTokenIdLength })
            return $"The token's claim \"jti\" must be a text of 1 to {MaxTokenIdLength} characters.";
        var isService = false;
        if (TryGet(claims, "service"u8, out var service))
        {
            if (service.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return "The token's claim \"service\" must be true or false.";
            isService = service.ValueKind == JsonValueKind.True;
        }
        if (TryReadUser(claims, isService, out var user) is { } problem) return problem;
        var rights = ChannelRights.None;
        if (TryGet(claims, "channels"u8, out var channels) && !ChannelRights.TryParse(channels, out rights, out problem)) return problem;
        identity = new Identity { User = user!, TokenId = tokenId, IssuedAt = issuedAt, Expires = expires, IsService = isService, Rights = rights! };
        return null;
    }

    private static string? TryReadUser(JsonElement claims, bool isService, out string? user)
    {
        var claim = "user_id";
        if (!TryReadText(claims, "user_id"u8, allowNumber: true, out user)) return NotAUser(claim);
        if (user is null)
        {
            claim = "sub";
            if (!TryReadText(claims, "sub"u8, allowNumber: false, out user)) return NotAUser(claim);
        }
        if (user is null && isService) user = Identity.ServiceUser;
        if (user is null) return "The token names no user; it needs the claim \"user_id\" or \"sub\".";
        return Identity.IsValidUser(user) ? null : NotAUser(claim);
    }

    private static string NotADate(string claim) => $"The token's claim \"{claim}\" must be a number of seconds since 1970.";

    private static string NotAUser(string claim) =>
        $"The token's claim \"{claim}\" must be 1 to {Identity.MaxUserLength} printable characters without white space, comma and asterisk.";

    private static bool TryGet(JsonElement claims, ReadOnlySpan<byte> name, out JsonElement value) =>
        claims.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static bool TryReadText(JsonElement claims, ReadOnlySpan<byte> name, bool allowNumber, out string? text)
    {
        text = null;
        if (!TryGet(claims, name, out var value)) return true;
        if (allowNumber && value.ValueKind == JsonValueKind.Number)
        {
            if (!value.TryGetInt64(out var number)) return false;
            text = number.ToString();
            return true;
        }
        if (value.ValueKind != JsonValueKind.String) return false;
        try
        {
            text = value.GetString();
        }
        catch (InvalidOperationException)
        {
            return false; // An escaped lone surrogate: valid JSON, but no text.
        }
        return true;
    }

    /// <summary>NumericDate, RFC 7519 section 2: seconds since 1970, fractions allowed. Decimal, so that milliseconds stay exact.</summary>
    private static bool TryReadDate(JsonElement claims, ReadOnlySpan<byte> name, out DateTimeOffset? date)
    {
        date = null;
        if (!TryGet(claims, name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var seconds) || seconds < 0 || seconds > MaxNumericDate) return false;
        date = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }
}
