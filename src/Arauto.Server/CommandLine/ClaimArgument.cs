using System.Text.Json;

namespace Arauto.Server.CommandLine;

/// <summary>Claims as given to <c>--claim</c>: <c>name=value</c>, the value as JSON if it is JSON, else as text.</summary>
internal static class ClaimArgument
{
    /// <summary>Parses one claim.</summary>
    public static bool TryParse(string text, out KeyValuePair<string, JsonElement> claim)
    {
        claim = default;
        var equals = text.IndexOf('=');
        if (equals < 1) return false;
        var value = text[(equals + 1)..];
        claim = KeyValuePair.Create(text[..equals], AsJson(value) ?? JsonSerializer.SerializeToElement(value));
        return true;
    }

    private static JsonElement? AsJson(string value)
    {
        try
        {
            return JsonElement.Parse(value);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
