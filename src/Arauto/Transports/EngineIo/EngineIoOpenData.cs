using System.Text.Json.Serialization;

namespace Arauto.Transports.EngineIo;

/// <summary>The data of an open packet: exactly these keys in this order.</summary>
internal sealed record EngineIoOpenData(string Sid, string[] Upgrades, long PingInterval, long PingTimeout, int MaxPayload);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EngineIoOpenData))]
internal sealed partial class EngineIoJson : JsonSerializerContext;
