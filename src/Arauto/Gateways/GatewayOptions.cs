using System.Text.Encodings.Web;
using System.Text.Json;

namespace Arauto.Gateways;

/// <summary>How one namespace treats what its clients say. Read when it is mapped.</summary>
public sealed class GatewayOptions
{
    /// <summary>How arguments and acknowledgements are read and written. As on the web: <c>camelCase</c>, names read in any case.</summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
