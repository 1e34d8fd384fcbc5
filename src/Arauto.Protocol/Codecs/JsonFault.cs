using System.Text.Json;

namespace Arauto.Protocol.Codecs;

/// <summary>The errors about text that is not JSON at all.</summary>
internal static class JsonFault
{
    public static ProtocolError NotUtf8(string what) => new(ErrorCode.InvalidMessage, $"The {what} is not valid UTF-8.");

    public static ProtocolError NotObject(string what) => new(ErrorCode.InvalidMessage, $"The {what} must be one JSON object.");

    public static ProtocolError NotJson(string what, JsonException fault, int depth) => new(
        ErrorCode.InvalidMessage,
        $"The {what} is not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1} (one value, no comments, no trailing commas, at most {depth} levels deep).");
}
