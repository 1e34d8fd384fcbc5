using System.Buffers;
using System.Text;

namespace Arauto.Server.Logging;

/// <summary>The last guard of secrets in log lines: whatever looks like a token is replaced, whoever wrote the line.</summary>
/// <remarks>Our own code logs no token. The web server's own lines hold request targets, and a client may send its token as <c>?token=</c>.</remarks>
internal static class Redaction
{
    private const string Replacement = "[redacted]";
    private static readonly SearchValues<string> Marks = SearchValues.Create(["token=", "secret=", "password=", "bearer ", "eyJ"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=%");

    /// <summary>The text without secrets; the same instance if there are none.</summary>
    public static string Apply(string text)
    {
        var start = text.AsSpan().IndexOfAny(Marks);
        if (start < 0) return text;
        var result = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while ((start = rest.IndexOfAny(Marks)) >= 0)
        {
            var mark = rest[start..];
            var isJwt = mark.StartsWith("eyJ", StringComparison.OrdinalIgnoreCase);
            var prefix = isJwt ? 0 : mark.IndexOfAny('=', ' ') + 1;
            var secret = mark[prefix..];
            var length = secret.IndexOfAnyExcept(TokenCharacters);
            if (length < 0) length = secret.Length;
            result.Append(rest[..(start + prefix)]);
            // Three letters are no token yet: a JWT has dots, and is long.
            if (isJwt && (length < 20 || !secret[..length].Contains('.'))) result.Append(secret[..length]);
            else if (length > 0) result.Append(Replacement);
            rest = secret[length..];
        }
        return result.Append(rest).ToString();
    }
}
