using Arauto.Protocol;

namespace Arauto.Server.Demo.Map;

/// <summary>
/// The service behind the map: an edit is saved first, together with the event that tells of it, and then published by
/// the <see cref="OutboxPublisher"/>. An edit that began from an old version is refused; one that changes nothing is
/// not an edit, so every request may be repeated.
/// </summary>
internal sealed class LiveMap(MapDatabase database, OutboxPublisher publisher)
{
    /// <summary>The most incidents on the map at once.</summary>
    internal const int MostIncidents = 200;

    /// <summary>Everything on the map, as of one moment.</summary>
    public Task<MapState> ReadAsync(CancellationToken cancellationToken) => database.RunAsync(
        session => new MapState(
            session.Revision,
            session.List(MapKinds.Area),
            session.List(MapKinds.Subscription),
            session.List(MapKinds.Incident),
            session.List(MapKinds.Notice).Single()),
        cancellationToken);

    /// <summary>Gives an area other corners.</summary>
    public Task<EditResult<Area>> SaveAreaAsync(string id, AreaEdit edit, string user, CancellationToken cancellationToken)
    {
        if (edit.Corners is not { Count: >= Area.MinCorners and <= Area.MaxCorners } corners || !corners.All(corner => corner.IsOnMap))
            return Invalid<Area>($"\"corners\" must be {Area.MinCorners} to {Area.MaxCorners} places with x from 0 to {MapPoint.Width} and y from 0 to {MapPoint.Height}.");
        return EditAsync(
            session => session.Find(MapKinds.Area, id) switch
            {
                null => Missing<Area>(),
                var area when area.Corners.SequenceEqual(corners) => EditResult<Area>.Saved(area),
                var area when area.Version != edit.Version => Outdated(area),
                var area => EditResult<Area>.Saved(session.Save(MapKinds.Area, area with { Corners = corners }, user, "geometry.updated")),
            },
            cancellationToken);
    }

    /// <summary>Watches an area, or pauses.</summary>
    public Task<EditResult<AreaSubscription>> SaveSubscriptionAsync(string id, SubscriptionEdit edit, string user, CancellationToken cancellationToken)
    {
        if (edit.Status is not { } status) return Invalid<AreaSubscription>("\"status\" must be \"active\" or \"paused\".");
        return EditAsync(
            session => session.Find(MapKinds.Subscription, id) switch
            {
                null => Missing<AreaSubscription>(),
                var subscription when subscription.Status == status => EditResult<AreaSubscription>.Saved(subscription),
                var subscription when subscription.Version != edit.Version => Outdated(subscription),
                var subscription => EditResult<AreaSubscription>.Saved(session.Save(MapKinds.Subscription, subscription with { Status = status }, user, "subscription.updated")),
            },
            cancellationToken);
    }

    /// <summary>Reports an incident, or changes one.</summary>
    public Task<EditResult<Incident>> SaveIncidentAsync(Guid id, IncidentEdit edit, string user, CancellationToken cancellationToken)
    {
        if (edit is not { Kind: { } kind, Status: { } status, Place: { IsOnMap: true } place, Text: { Length: <= Incident.MaxText } text })
            return Invalid<Incident>($"An incident needs \"kind\", \"status\", \"place\" with x from 0 to {MapPoint.Width} and y from 0 to {MapPoint.Height}, and \"text\" of at most {Incident.MaxText} characters.");
        var wanted = new Incident { Id = id.ToString(), Kind = kind, Status = status, Place = place, Text = text };
        return EditAsync(
            session => session.Find(MapKinds.Incident, wanted.Id) switch
            {
                null => edit.Version == 0 ? Report(session, wanted, user) : Missing<Incident>(),
                var incident when incident == wanted with { Version = incident.Version, By = incident.By, At = incident.At } => EditResult<Incident>.Saved(incident),
                var incident when incident.Version != edit.Version => Outdated(incident),
                _ => EditResult<Incident>.Saved(session.Save(MapKinds.Incident, wanted, user, "incident.updated")),
            },
            cancellationToken);
    }

    /// <summary>Takes an incident off the map. One that is not there counts as taken off.</summary>
    public Task<EditResult<Incident>> DeleteIncidentAsync(Guid id, long version, string user, CancellationToken cancellationToken) => EditAsync(
        session => session.Find(MapKinds.Incident, id.ToString()) switch
        {
            null => EditResult<Incident>.Gone,
            var incident when incident.Version != version => Outdated(incident),
            var incident => EditResult<Incident>.Saved(session.Remove(MapKinds.Incident, incident, user, "incident.deleted")),
        },
        cancellationToken);

    /// <summary>Puts the administration's notice up, or takes it down.</summary>
    public Task<EditResult<Notice>> SaveNoticeAsync(NoticeEdit edit, string user, CancellationToken cancellationToken)
    {
        if (edit.Text is not { Length: <= Notice.MaxText } text) return Invalid<Notice>($"\"text\" must have at most {Notice.MaxText} characters; none takes the notice down.");
        return EditAsync(
            session =>
            {
                var notice = session.Find(MapKinds.Notice, Notice.TheId)!;
                return EditResult<Notice>.Saved(notice.Text == text ? notice : session.Save(MapKinds.Notice, notice with { Text = text }, user, "notice"));
            },
            cancellationToken);
    }

    private async Task<EditResult<T>> EditAsync<T>(Func<MapSession, EditResult<T>> edit, CancellationToken cancellationToken)
        where T : MapObject
    {
        var result = await database.RunAsync(edit, cancellationToken);
        publisher.Wake();
        return result;
    }

    private static EditResult<Incident> Report(MapSession session, Incident incident, string user)
    {
        if (session.WasRemoved(MapKinds.Incident, incident.Id)) return Missing<Incident>();
        if (session.Count(MapKinds.Incident) >= MostIncidents)
            return EditResult<Incident>.Refused(ErrorCode.TooLarge, $"The map holds {MostIncidents} incidents; delete one first.");
        return EditResult<Incident>.Saved(session.Save(MapKinds.Incident, incident, user, "incident.created"));
    }

    private static Task<EditResult<T>> Invalid<T>(string message)
        where T : MapObject => Task.FromResult(EditResult<T>.Refused(ErrorCode.InvalidMessage, message));

    private static EditResult<T> Missing<T>()
        where T : MapObject => EditResult<T>.Refused(ErrorCode.NotFound, "It is not on the map, or no longer.");

    private static EditResult<T> Outdated<T>(T current)
        where T : MapObject => EditResult<T>.Refused(ErrorCode.Conflict, $"{current.By ?? "Somebody"} changed it in the meantime.", current);
}
