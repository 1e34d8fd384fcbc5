using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Arauto.Http;

/// <summary>The JSON of the HTTP API: snake case, absent instead of null, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    MaxDepth = 64)]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(EngineIoErrorResponse))]
[JsonSerializable(typeof(PublishBody))]
[JsonSerializable(typeof(PublishResponse))]
[JsonSerializable(typeof(MessagesResponse))]
[JsonSerializable(typeof(PresenceResponse))]
[JsonSerializable(typeof(ReceiptBody))]
[JsonSerializable(typeof(ReceiptsResponse))]
[JsonSerializable(typeof(PollResponse))]
[JsonSerializable(typeof(RoomBody))]
[JsonSerializable(typeof(RoomResponse))]
[JsonSerializable(typeof(RoomsResponse))]
[JsonSerializable(typeof(RevokeBody))]
[JsonSerializable(typeof(RevokeResponse))]
[JsonSerializable(typeof(ConnectionsResponse))]
[JsonSerializable(typeof(HealthResponse))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    private static ApiJson? _wire;

    /// <summary>The context to use: apostrophes and letters beyond ASCII stay readable, since answers are application/json and never part of a page.</summary>
    public static ApiJson Wire => _wire ??= new ApiJson(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });
}
