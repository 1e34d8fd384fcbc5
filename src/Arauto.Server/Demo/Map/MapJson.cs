using System.Text.Json.Serialization;

namespace Arauto.Server.Demo.Map;

/// <summary>The JSON of the map: of its endpoints, its events and its database alike.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WordConverter<SubscriptionStatus>), typeof(WordConverter<IncidentKind>), typeof(WordConverter<IncidentStatus>)])]
[JsonSerializable(typeof(MapState))]
[JsonSerializable(typeof(AreaEdit))]
[JsonSerializable(typeof(SubscriptionEdit))]
[JsonSerializable(typeof(IncidentEdit))]
[JsonSerializable(typeof(NoticeEdit))]
[JsonSerializable(typeof(EditRefusal<Area>))]
[JsonSerializable(typeof(EditRefusal<AreaSubscription>))]
[JsonSerializable(typeof(EditRefusal<Incident>))]
[JsonSerializable(typeof(EditRefusal<Notice>))]
internal sealed partial class MapJson : JsonSerializerContext;
