namespace Arauto.Server.Demo.Map;

/// <summary>The body of <c>PUT /demo/map/areas/{id}</c>.</summary>
/// <param name="Version">The version the edit began from.</param>
/// <param name="Corners">The corners it shall have.</param>
internal sealed record AreaEdit(long Version, IReadOnlyList<MapPoint>? Corners);

/// <summary>The body of <c>PUT /demo/map/subscriptions/{id}</c>.</summary>
/// <param name="Version">The version the edit began from.</param>
/// <param name="Status">The status it shall have.</param>
internal sealed record SubscriptionEdit(long Version, SubscriptionStatus? Status);

/// <summary>The body of <c>PUT /demo/map/incidents/{id}</c>.</summary>
/// <param name="Version">The version the edit began from; 0 or absent to report the incident.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Place">Where.</param>
/// <param name="Text">In somebody's words.</param>
internal sealed record IncidentEdit(long Version, IncidentKind? Kind, IncidentStatus? Status, MapPoint? Place, string? Text);

/// <summary>The body of <c>PUT /demo/map/notice</c>.</summary>
/// <param name="Text">The text; empty to take the notice down.</param>
internal sealed record NoticeEdit(string? Text);
