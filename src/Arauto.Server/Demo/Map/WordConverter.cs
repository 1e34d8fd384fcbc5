using System.Text.Json;
using System.Text.Json.Serialization;

namespace Arauto.Server.Demo.Map;

/// <summary>Enumerations as lower-case words, never as numbers.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
