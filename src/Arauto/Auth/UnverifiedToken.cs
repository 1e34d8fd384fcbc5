using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Arauto.Auth;

/// <summary>A token taken apart (RFC 7515 section 7.1), before its signature is checked. Owns pooled memory: dispose.</summary>
/// <remarks>
/// Header and claims are read here rather than by the JWT library, since that one turns texts that look like dates into
/// dates, cuts the fraction of <c>iat</c> and takes the last of two equal names; two readers that disagree are a hole.
/// </remarks>
internal sealed class UnverifiedToken : IDisposable
{
    /// <summary>The most characters of a token; over it nothing is decoded.</summary>
    public const int MaxLength = 8 * 1024;

    private const int MaxKeyIdLength = 256;
    private static readonly SearchValues<char> Base64UrlAndDot = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };
    private readonly JsonDocument _claims;

    private UnverifiedToken(TokenHeader header, JsonDocument claims)
    {
        Header = header;
        _claims = claims;
    }

    /// <summary>What selects the key.</summary>
    public TokenHeader Header { get; }

    /// <summary>The claims; a JSON object. Only to be believed once the signature is checked.</summary>
    public JsonElement Claims => _claims.RootElement;

    /// <summary>Takes <paramref name="token"/> apart.</summary>
    /// <returns><see langword="null"/>, or one sentence that says why it cannot be a token for this server.</returns>
    public static string? TryParse(string token, out UnverifiedToken? result)
    {
        result = null;
        if (token.Length == 0) return "The token is empty.";
        if (token.Length > MaxLength) return $"The token is longer than {MaxLength} characters.";
        if (token.AsSpan().ContainsAnyExcept(Base64UrlAndDot)) return "The token is not a JWT in compact form.";
        switch (token.AsSpan().Count('.'))
        {
            case 2: break;
            case 4: return "Encrypted tokens (JWE) are not accepted; send a signed one (JWS).";
            default: return "The token is not a JWT in compact form.";
        }
        var headerEnd = token.IndexOf('.');
        var claimsEnd = token.LastIndexOf('.');
        using var header = TryDecode(token.AsSpan(0, headerEnd));
        if (header is null) return "The token's header is not a JSON object.";
        var problem = TryReadHeader(header.RootElement, out var read);
        if (problem is not null) return problem;
        var claims = TryDecode(token.AsSpan(headerEnd + 1, claimsEnd - headerEnd - 1));
        if (claims is null) return "The token's claims are not a JSON object.";
        result = new UnverifiedToken(read, claims);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _claims.Dispose();

    private static string? TryReadHeader(JsonElement header, out TokenHeader read)
    {
        read = default;
        // RFC 7515 section 4.1.11: who does not understand an extension named there must refuse, and we know none.
        if (header.TryGetProperty("crit"u8, out _)) return "The token's header has \"crit\", of which no extension is known here.";
        if (header.TryGetProperty("zip"u8, out _)) return "Compressed tokens are not accepted.";
        if (!TryReadText(header, "alg"u8, out var algorithm) || algorithm is null) return "The token's header names no algorithm.";
        if (!TryReadText(header, "kid"u8, out var keyId) || keyId is { Length: > MaxKeyIdLength })
            return $"The token's key id must be a text of at most {MaxKeyIdLength} characters.";
        read = new TokenHeader(algorithm, keyId);
        return null;
    }

    private static bool TryReadText(JsonElement header, ReadOnlySpan<byte> name, out string? text)
    {
        text = null;
        if (!header.TryGetProperty(name, out var value)) return true;
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

    private static JsonDocument? TryDecode(ReadOnlySpan<char> segment)
    {
        // JsonDocument keeps the bytes it is given, so they are not pooled here; a token has at most 6 KiB of them.
        var bytes = new byte[Base64Url.GetMaxDecodedLength(segment.Length)];
        if (Base64Url.DecodeFromChars(segment, bytes, out _, out var written) != OperationStatus.Done) return null;
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(bytes.AsMemory(0, written), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            // Falls through: not JSON, twice the same name, too deep, or not UTF-8.
        }
        document?.Dispose();
        return null;
    }
}
