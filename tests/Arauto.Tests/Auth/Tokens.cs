using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Arauto.Tests.Auth;

/// <summary>Makes tokens by hand, also such as no issuer would make.</summary>
internal static class Tokens
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    public static string Hs256(string claims, string header = """{"alg":"HS256","typ":"JWT"}""", string secret = Secret) => Hs256Segments(Encode(header), Encode(claims), secret);

    public static string Hs256Segments(string header, string claims, string secret = Secret)
    {
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)))}";
    }

    public static string Rs256(RSA key, string? keyId, string claims) => Sign("RS256", keyId, claims, bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(ECDsa key, string? keyId, string claims) => Sign("ES256", keyId, claims, bytes => key.SignData(bytes, HashAlgorithmName.SHA256));

    public static JsonObject Jwk(RSA key, string keyId)
    {
        var parameters = key.ExportParameters(false);
        return new JsonObject { ["kty"] = "RSA", ["kid"] = keyId, ["use"] = "sig", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) };
    }

    public static JsonObject Jwk(ECDsa key, string keyId)
    {
        var parameters = key.ExportParameters(false);
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = keyId, ["alg"] = "ES256", ["x"] = Base64Url.EncodeToString(parameters.Q.X), ["y"] = Base64Url.EncodeToString(parameters.Q.Y) };
    }

    private static string Sign(string algorithm, string? keyId, string claims, Func<byte[], byte[]> sign)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (keyId is not null) header["kid"] = keyId;
        var signed = $"{Encode(header.ToJsonString())}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }
}
