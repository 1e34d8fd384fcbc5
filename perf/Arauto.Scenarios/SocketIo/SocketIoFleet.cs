using System.Net;
using System.Text;
using Arauto.Scenarios.Clients;

namespace Arauto.Scenarios.SocketIo;

/// <summary>Many Socket.IO clients over WebSocket, of the bytes of the protocol alone, all in one room. They answer heartbeats and record how long messages took.</summary>
internal sealed class SocketIoFleet : IDisposable
{
    private const string Path = "/socket.io/?EIO=4&transport=websocket";
    private const string Room = "room";
    private const int ConnectAtOnce = 32;
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(60);

    private readonly List<LoadConnection> _connections = [];
    private LatencyHistogram? _histogram;
    private long _delivered;
    private int _joined;

    // A packet that nobody here knows, to be told after a failure.
    private string _unexpected = "";

    /// <summary>Messages received by all of them so far.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>How many the server has closed.</summary>
    public int Closed => _connections.Count(connection => connection.IsClosed);

    /// <summary>Where times are recorded from now on; nowhere if <see langword="null"/>.</summary>
    public LatencyHistogram? Histogram
    {
        set => Volatile.Write(ref _histogram, value);
    }

    /// <summary>What publishes a message of so many bytes to everybody.</summary>
    public static string Message(int bytes) => $"""42["publish","{Room}","{PacedPublisher.Data(bytes)}"]""";

    /// <summary>Opens clients and waits until all are in the room.</summary>
    public async Task OpenAsync(IPEndPoint server, int count)
    {
        foreach (var batch in Enumerable.Range(0, count).Chunk(ConnectAtOnce))
            _connections.AddRange(await Task.WhenAll(batch.Select(_ => LoadConnection.ConnectAsync(server, Take, token: null, Path))));
        await Wait.UntilAsync(() => Volatile.Read(ref _joined) == _connections.Count, JoinDeadline, $"{_connections.Count} clients to be in the room{_unexpected}");
    }

    /// <summary>Opens a client that publishes and is in no room.</summary>
    public async Task<LoadConnection> OpenPublisherAsync(IPEndPoint server)
    {
        var connected = false;
        var publisher = await LoadConnection.ConnectAsync(
            server,
            (connection, packet) =>
            {
                if (packet.StartsWith("40"u8)) Volatile.Write(ref connected, true);
                else AnswerEngine(connection, packet);
            },
            token: null,
            Path);
        await Wait.UntilAsync(() => Volatile.Read(ref connected), JoinDeadline, $"the publisher to be connected{_unexpected}");
        return publisher;
    }

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    private void Take(LoadConnection connection, ReadOnlySpan<byte> packet)
    {
        if (packet.StartsWith("42"u8))
        {
            if (PacedPublisher.TimeOf(packet) is not (not 0 and var time)) return;
            Volatile.Read(ref _histogram)?.RecordSince(time);
            Interlocked.Increment(ref _delivered);
        }
        else if (packet.StartsWith("40"u8))
        {
            connection.Send("""420["join","room"]"""u8);
        }
        else if (packet.StartsWith("430"u8))
        {
            Interlocked.Increment(ref _joined);
        }
        else
        {
            AnswerEngine(connection, packet);
        }
    }

    private void AnswerEngine(LoadConnection connection, ReadOnlySpan<byte> packet)
    {
        if (packet.StartsWith("0"u8)) connection.Send("40"u8);
        else if (packet.SequenceEqual("2"u8)) connection.Send("3"u8);
        else _unexpected = $"; the server said {Encoding.UTF8.GetString(packet)}";
    }
}
