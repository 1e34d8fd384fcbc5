using System.Text.Json;

namespace Arauto.Server.Configuration;

/// <summary>Reads <c>arauto.json</c>: JSON with comments and trailing commas, since people write it.</summary>
internal static class SettingsFile
{
    /// <summary>The name of the file that is read without being asked for.</summary>
    public const string DefaultName = "arauto.json";

    private const int MaxBytes = 1024 * 1024;
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads and parses a file.</summary>
    /// <exception cref="SettingsException">It is missing, unreadable, too large, or not a JSON object.</exception>
    public static JsonDocument Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw new SettingsException($"{path}: the file is larger than {MaxBytes} bytes.");
            return Parse(File.ReadAllText(path), path);
        }
        catch (FileNotFoundException)
        {
            throw new SettingsException($"{path}: there is no such file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path}: the file cannot be read: {exception.Message}");
        }
    }

    /// <summary>Parses a JSON object.</summary>
    /// <exception cref="SettingsException">It is not one; the message names the line, not the content.</exception>
    public static JsonDocument Parse(string text, string source)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException exception)
        {
            throw new SettingsException($"{source}: not JSON at line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}.");
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new SettingsException($"{source}: must hold one JSON object.");
    }
}
