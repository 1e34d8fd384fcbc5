using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Arauto.Auth;

/// <summary>The usable public keys of one JWKS document (RFC 7517). Immutable.</summary>
/// <remarks>
/// Used: RSA of 2048 to 16384 bits for RS256, and P-256 for ES256, unless marked for another use or algorithm. Symmetric
/// keys are never taken from a document that anybody can read; private parts are not kept.
/// </remarks>
internal sealed class JwksDocument
{
    /// <summary>The most keys of one document; further ones are skipped.</summary>
    public const int MaxKeys = 100;

    private const int MinRsaBytes = 2048 / 8;
    private const int MaxRsaBytes = 16384 / 8;
    private readonly (string Algorithm, SecurityKey Key)[] _keys;

    private JwksDocument(string text, (string, SecurityKey)[] keys, int skipped)
    {
        Text = text;
        _keys = keys;
        Skipped = skipped;
    }

    /// <summary>The document as it came.</summary>
    public string Text { get; }

    /// <summary>How many keys can be used.</summary>
    public int Count => _keys.Length;

    /// <summary>How many keys of the document cannot.</summary>
    public int Skipped { get; }

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">It is not a JWKS document.</exception>
    public static JwksDocument Parse(string text)
    {
        IList<JsonWebKey> keys;
        try
        {
            keys = new JsonWebKeySet(text).Keys;
        }
        catch (Exception exception)
        {
            // The library throws whatever its parser does. The document is public, yet its text is kept out of logs: it may be any page.
            throw new FormatException($"The document is not a key set (JWKS): {exception.GetType().Name}.");
        }
        // An error told as JSON parses as a set without keys; taking it would end every session.
        if (keys.Count == 0) throw new FormatException("The document has no keys.");
        var usable = new List<(string, SecurityKey)>();
        foreach (var key in keys.Take(MaxKeys))
            if (TryConvert(key) is var (algorithm, converted))
            {
                converted.KeyId = key.Kid;
                usable.Add((algorithm, converted));
            }
        return new JwksDocument(text, [.. usable], keys.Count - usable.Count);
    }

    /// <summary>The keys with the header's id for its algorithm; without an id, all keys for the algorithm.</summary>
    public IReadOnlyList<SecurityKey> Find(TokenHeader header)
    {
        List<SecurityKey>? found = null;
        foreach (var (algorithm, key) in _keys)
            if (algorithm == header.Algorithm && (header.KeyId is null || key.KeyId == header.KeyId)) (found ??= []).Add(key);
        return found is null ? [] : found;
    }

    private static (string Algorithm, SecurityKey Key)? TryConvert(JsonWebKey key)
    {
        if (key.Use is not (null or "" or "sig")) return null;
        if (key.KeyOps is { Count: > 0 } operations && !operations.Contains("verify")) return null;
        try
        {
            return key.Kty switch
            {
                JsonWebAlgorithmsKeyTypes.RSA when key.Alg is null or "" or SecurityAlgorithms.RsaSha256 => ConvertRsa(key),
                JsonWebAlgorithmsKeyTypes.EllipticCurve when key.Crv == JsonWebKeyECTypes.P256 && key.Alg is null or "" or SecurityAlgorithms.EcdsaSha256 => ConvertEc(key),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            return null; // Missing or impossible numbers, such as a point that is not on the curve.
        }
    }

    // Keys are imported here, and not with each token: that takes four times as long as to verify one (230 of 290 µs).
    private static (string, SecurityKey)? ConvertRsa(JsonWebKey key)
    {
        var modulus = Base64UrlEncoder.DecodeBytes(key.N);
        if (modulus.AsSpan().TrimStart((byte)0).Length is < MinRsaBytes or > MaxRsaBytes) return null;
        return (SecurityAlgorithms.RsaSha256, new RsaSecurityKey(RSA.Create(new RSAParameters { Modulus = modulus, Exponent = Base64UrlEncoder.DecodeBytes(key.E) })));
    }

    private static (string, SecurityKey)? ConvertEc(JsonWebKey key)
    {
        var point = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) };
        return (SecurityAlgorithms.EcdsaSha256, new ECDsaSecurityKey(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point })));
    }
}
