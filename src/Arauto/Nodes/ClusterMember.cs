using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Arauto.Auth;
using Arauto.Backplanes;
using Arauto.Rooms;
using Arauto.Stores;
using Microsoft.Extensions.Logging;

namespace Arauto.Nodes;

/// <summary>The news that nodes tell each other: revocations and changes of rooms.</summary>
/// <remarks>
/// News is heard or it is not; so after every interruption the node reads again what it may have missed, and ends what should have
/// ended. Whoever could not tell some has the others do the same as soon as it reaches them.
/// </remarks>
internal sealed partial class ClusterMember : IAsyncDisposable
{
    /// <summary>Between attempts, and before the others are asked to read: by then the store has what they could not be told.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly INodeBus _bus;
    private readonly RevocationList _revocations;
    private readonly RoomDirectory _rooms;
    private readonly ILogger<ClusterMember> _logger;
    private readonly Errand _readingRevocations;
    private readonly Errand _readingRooms;
    private readonly Errand _askingToRead;
    private volatile bool _hasPaused;

    public ClusterMember(INodeBus bus, RevocationList revocations, RoomDirectory rooms, TimeProvider time, ILogger<ClusterMember> logger)
    {
        _bus = bus;
        _revocations = revocations;
        _rooms = rooms;
        _logger = logger;
        _readingRevocations = new Errand(cancellationToken => ReadAsync(_revocations.ReloadAsync(cancellationToken)), Broke, Pause, time);
        _readingRooms = new Errand(cancellationToken => ReadAsync(_rooms.ReloadAsync(cancellationToken)), Broke, Pause, time);
        _askingToRead = new Errand(AskToReadAsync, Broke, Pause, time);
    }

    /// <summary>Begins to tell and to hear.</summary>
    public void Start()
    {
        _bus.Handle(NodeMessageKind.Revocation, message => Take(message, NewsJson.Default.Revocation, _revocations.Apply));
        _bus.Handle(NodeMessageKind.RoomChanged, message => Take(message, NewsJson.Default.RoomChange, _rooms.Apply));
        _bus.Handle(NodeMessageKind.Reload, _ => CatchUp());
        _bus.Missed += CatchUp;
        _revocations.RevokedHere += TellRevocation;
        _rooms.ChangedHere += TellChange;
    }

    public async ValueTask DisposeAsync()
    {
        _bus.Missed -= CatchUp;
        _revocations.RevokedHere -= TellRevocation;
        _rooms.ChangedHere -= TellChange;
        await _readingRevocations.DisposeAsync().ConfigureAwait(false);
        await _readingRooms.DisposeAsync().ConfigureAwait(false);
        await _askingToRead.DisposeAsync().ConfigureAwait(false);
    }

    private void TellRevocation(Revocation revocation) =>
        _ = TellAsync(NodeMessageKind.Revocation, JsonSerializer.SerializeToUtf8Bytes(revocation, NewsJson.Default.Revocation));

    private void TellChange(RoomChange change) =>
        _ = TellAsync(NodeMessageKind.RoomChanged, JsonSerializer.SerializeToUtf8Bytes(change, NewsJson.Default.RoomChange));

    private async Task TellAsync(NodeMessageKind kind, byte[] news)
    {
        if (await _bus.BroadcastAsync(kind, news).ConfigureAwait(false)) return;
        Log.NotTold(_logger, kind);
        _hasPaused = false;
        _askingToRead.Want();
    }

    /// <summary>Not with the first attempt, which may be before the store has what was not told.</summary>
    private async Task<bool> AskToReadAsync(CancellationToken cancellationToken)
    {
        if (!_hasPaused)
        {
            _hasPaused = true;
            return false;
        }
        return await _bus.BroadcastAsync(NodeMessageKind.Reload, ReadOnlyMemory<byte>.Empty).ConfigureAwait(false);
    }

    private void CatchUp()
    {
        _rooms.ForgetAll();
        _readingRevocations.Want();
        _readingRooms.Want();
    }

    private async Task<bool> ReadAsync(ValueTask reading)
    {
        try
        {
            await reading.ConfigureAwait(false);
            return true;
        }
        catch (StoreUnavailableException e)
        {
            Log.NotCaughtUp(_logger, e.Message);
            return false;
        }
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

    private void Broke(Exception exception) => Log.Broke(_logger, exception);

    private static partial class Log
    {
        [LoggerMessage(2343, LogLevel.Warning, "Other nodes could not be told of news of kind {Kind}; as soon as they can be reached they will be asked to read it in the store")]
        public static partial void NotTold(ILogger logger, NodeMessageKind kind);

        [LoggerMessage(2344, LogLevel.Error, "What was missed of other nodes' news could not be read; it is tried again")]
        public static partial void Broke(ILogger logger, Exception exception);

        [LoggerMessage(2345, LogLevel.Warning, "What was missed of other nodes' news cannot be read now; it is tried again: {Reason}")]
        public static partial void NotCaughtUp(ILogger logger, string reason);

        [LoggerMessage(2346, LogLevel.Warning, "A message of kind {Kind} from node {Sender} is not understood; does it run another version? {Reason}")]
        public static partial void NotUnderstood(ILogger logger, NodeMessageKind kind, string sender, string reason);
    }
}
