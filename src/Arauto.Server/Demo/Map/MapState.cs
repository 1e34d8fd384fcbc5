namespace Arauto.Server.Demo.Map;

/// <summary>All that is on the map at one moment.</summary>
/// <param name="Revision">The last change it contains. An event with this version or an older one is in it already.</param>
/// <param name="Areas">The areas, ordered by id.</param>
/// <param name="Subscriptions">Which of them are watched, in the same order.</param>
/// <param name="Incidents">The incidents, ordered by id.</param>
/// <param name="Notice">The administration's notice; its text may be empty.</param>
internal sealed record MapState(
    long Revision,
    IReadOnlyList<Area> Areas,
    IReadOnlyList<AreaSubscription> Subscriptions,
    IReadOnlyList<Incident> Incidents,
    Notice Notice);
