using System.Text.Json.Serialization;

namespace Arauto.Server.Demo;

/// <summary>The JSON of the demo's endpoints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DevelopmentTokenRequest))]
[JsonSerializable(typeof(DevelopmentTokenResponse))]
[JsonSerializable(typeof(DemoRefusal))]
internal sealed partial class DemoJson : JsonSerializerContext;
