namespace Arauto.Server.Demo.Map;

/// <summary>The kinds of objects there are.</summary>
internal static class MapKinds
{
    public static MapKind<Area> Area { get; } = new("area", MapJson.Default.Area);

    public static MapKind<AreaSubscription> Subscription { get; } = new("subscription", MapJson.Default.AreaSubscription);

    public static MapKind<Incident> Incident { get; } = new("incident", MapJson.Default.Incident);

    public static MapKind<Notice> Notice { get; } = new("notice", MapJson.Default.Notice);
}
