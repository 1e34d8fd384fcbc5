using System.Buffers.Text;
using System.Text;

namespace Arauto.Client.Tests.Scripting;

/// <summary>Tokens with the shape of a JWT; the scripted server checks none.</summary>
internal static class Tokens
{
    public static string With(DateTimeOffset expiry, string name = "t") =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"sub":"{{name}}","exp":{{expiry.ToUnixTimeSeconds()}}}"""))}.{name}";
}
