using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Arauto.Auth;

/// <summary>Signs tokens with HS256 for the same secret that the node validates with. Safe for concurrent use.</summary>
public sealed class TokenIssuer
{
    // {"alg":"HS256","typ":"JWT"}
    private const string Header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    private static readonly string[] OwnClaims = ["sub", "user_id", "service", "iat", "exp", "jti", "iss", "aud"];
    private readonly byte[] _secret;
    private readonly string? _issuer;
    private readonly string? _audience;
    private readonly TimeProvider _time;

    /// <summary>Creates an issuer for the options' secret; its tokens carry the options' issuer and audience, if any.</summary>
    /// <exception cref="ArgumentException">The options have no secret of at least <see cref="AuthOptions.MinSecretBytes"/> bytes.</exception>
    public TokenIssuer(AuthOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _secret = Encoding.UTF8.GetBytes(options.JwtSecret ?? "");
        if (_secret.Length < AuthOptions.MinSecretBytes) throw new ArgumentException($"A secret of at least {AuthOptions.MinSecretBytes} bytes is needed to sign tokens.", nameof(options));
        _issuer = options.Issuer;
        _audience = options.Audience;
        _time = time;
    }

    /// <summary>Signs a token. <c>iat</c> has milliseconds, so that it can be told apart from a revocation in the same second; <c>exp</c> is whole.</summary>
    /// <param name="user">The user; see <see cref="Identity.IsValidUser"/>.</param>
    /// <param name="lifetime">How long it is valid, above zero and at most 400 days: what a revocation is remembered for.</param>
    /// <param name="claims">Further claims, such as <c>channels</c>.</param>
    /// <param name="service">Whether the token may do everything.</param>
    /// <exception cref="ArgumentException">The user, the lifetime or a claim is not allowed; the message says why.</exception>
    public string Issue(string user, TimeSpan lifetime, IReadOnlyDictionary<string, JsonElement>? claims = null, bool service = false)
    {
        if (!Identity.IsValidUser(user)) throw new ArgumentException($"A user's id has 1 to {Identity.MaxUserLength} printable characters without white space, comma and asterisk.", nameof(user));
        if (lifetime <= TimeSpan.Zero || lifetime > RevocationList.Kept) throw new ArgumentException($"A token's lifetime is above zero and at most {RevocationList.Kept.TotalDays} days.", nameof(lifetime));
        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload)) WriteClaims(json, user, lifetime, claims, service);
        var signed = $"{Header}.{Base64Url.EncodeToString(payload.WrittenSpan)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private void WriteClaims(Utf8JsonWriter json, string user, TimeSpan lifetime, IReadOnlyDictionary<string, JsonElement>? claims, bool service)
    {
        var now = _time.GetUtcNow();
        json.WriteStartObject();
        json.WriteString("sub", user);
        if (service) json.WriteBoolean("service", true);
        json.WriteNumber("iat", now.ToUnixTimeMilliseconds() / 1000m);
        json.WriteNumber("exp", (now + lifetime).AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds());
        json.WriteString("jti", Guid.CreateVersion7(now));
        if (_issuer is not null) json.WriteString("iss", _issuer);
        if (_audience is not null) json.WriteString("aud", _audience);
        foreach (var (name, value) in claims ?? new Dictionary<string, JsonElement>())
        {
            if (OwnClaims.Contains(name, StringComparer.Ordinal)) throw new ArgumentException($"The claim \"{name}\" is set by the issuer and cannot be given.", nameof(claims));
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
