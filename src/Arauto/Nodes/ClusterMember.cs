using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Arauto.Auth;
using Arauto.Backplanes;
using Arauto.Backplanes.Redis;
using Arauto.Limits;
using Arauto.Presence;
using Arauto.Rooms;
using Arauto.Stores;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>What a node owes the others and takes from them: revocations, changes of rooms, its share of presence and counts, and the ghosts of nodes that died.</summary>
/// <remarks>News is heard or it is not; so after every interruption the node reads again what it may have missed.</remarks>
internal sealed partial class ClusterMember : IAsyncDisposable
{
    /// <summary>How often this node says again who is on it: well within the time after which Redis forgets it.</summary>
    private static readonly TimeSpan ShareInterval = TimeSpan.FromHours(6);

    private readonly INodeBus _bus;
    private readonly NodeDirectory _nodes;
    private readonly RevocationList _revocations;
    private readonly RoomDirectory _rooms;
    private readonly ConnectionCounts _counts;
    private readonly PresenceRegistry _presence;
    private readonly SharedPresence _shared;
    private readonly ILogger<ClusterMember> _logger;
    private readonly ITimer _timer;
    private Task _catchingUp = Task.CompletedTask;

    public ClusterMember(
        INodeBus bus,
        NodeDirectory nodes,
        RevocationList revocations,
        RoomDirectory rooms,
        ConnectionCounts counts,
        PresenceRegistry presence,
        SharedPresence shared,
        TimeProvider time,
        ILogger<ClusterMember> logger)
    {
        _bus = bus;
        _nodes = nodes;
        _revocations = revocations;
        _rooms = rooms;
        _counts = counts;
        _presence = presence;
        _shared = shared;
        _logger = logger;
        _timer = time.CreateTimer(_ => ShareAgain(), null, ShareInterval, ShareInterval);
    }

    /// <summary>Begins to tell and to hear.</summary>
    public void Start()
    {
        _bus.Handle(NodeMessageKind.Revocation, message => Take(message, NewsJson.Default.Revocation, _revocations.Apply));
        _bus.Handle(NodeMessageKind.RoomChanged, message => Take(message, NewsJson.Default.RoomChange, _rooms.Apply));
        _bus.Missed += CatchUp;
        _revocations.RevokedHere += TellRevocation;
        _rooms.ChangedHere += TellChange;
        _nodes.Registered += ShareAgain;
        _nodes.Died += Purge;
    }

    public async ValueTask DisposeAsync()
    {
        _bus.Missed -= CatchUp;
        _revocations.RevokedHere -= TellRevocation;
        _rooms.ChangedHere -= TellChange;
        _nodes.Registered -= ShareAgain;
        _nodes.Died -= Purge;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _catchingUp.ConfigureAwait(false);
    }

    private void TellRevocation(Revocation revocation) =>
        _bus.Broadcast(NodeMessageKind.Revocation, JsonSerializer.SerializeToUtf8Bytes(revocation, NewsJson.Default.Revocation));

    private void TellChange(RoomChange change) =>
        _bus.Broadcast(NodeMessageKind.RoomChanged, JsonSerializer.SerializeToUtf8Bytes(change, NewsJson.Default.RoomChange));

    private void ShareAgain()
    {
        _counts.ShareAgain();
        _presence.ShareAgain();
    }

    private void CatchUp()
    {
        _rooms.ForgetAll();
        _catchingUp = CatchUpAsync(_catchingUp);
    }

    private async Task CatchUpAsync(Task before)
    {
        await before.ConfigureAwait(false);
        try
        {
            await _revocations.ReloadAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.NotCaughtUp(_logger, e.Message);
        }
    }

    private void Purge(IReadOnlyCollection<string> gone) => _catchingUp = PurgeAsync(_catchingUp, gone);

    private async Task PurgeAsync(Task before, IReadOnlyCollection<string> gone)
    {
        await before.ConfigureAwait(false);
        foreach (var channel in _presence.Channels)
            _presence.TellGone(channel, await _shared.PurgeAsync(channel, gone).ConfigureAwait(false));
    }

    private void Take<T>(NodeMessage message, JsonTypeInfo<T> type, Action<T> take)
    {
        try
        {
            if (JsonSerializer.Deserialize(message.Body.Span, type) is { } news) take(news);
        }
        catch (JsonException e)
        {
            Log.NotUnderstood(_logger, message.Kind, message.Sender, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2345, LogLevel.Warning, "Revocations that were missed could not be read; they are read again after the next interruption: {Reason}")]
        public static partial void NotCaughtUp(ILogger logger, string reason);

        [LoggerMessage(2346, LogLevel.Warning, "A message of kind {Kind} from node {Sender} is not understood; does it run another version? {Reason}")]
        public static partial void NotUnderstood(ILogger logger, NodeMessageKind kind, string sender, string reason);
    }
}
