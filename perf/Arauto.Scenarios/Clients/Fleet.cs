using System.Text;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.Clients;

/// <summary>Many connections that read all they get and record how long it took.</summary>
internal sealed class Fleet : IDisposable
{
    private const int ConnectAtOnce = 32;

    private readonly List<LoadConnection> _connections = [];
    private LatencyHistogram? _histogram;
    private long _delivered;
    private int _subscribed;

    /// <summary>Messages received by all of them so far.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>How many the server has closed.</summary>
    public int Closed => _connections.Count(connection => connection.IsClosed);

    /// <summary>Where times are recorded from now on; nowhere if <see langword="null"/>.</summary>
    public LatencyHistogram? Histogram
    {
        set => Volatile.Write(ref _histogram, value);
    }

    /// <summary>Opens connections, each a user of its own, and waits until all are subscribed.</summary>
    /// <param name="server">To what.</param>
    /// <param name="count">How many.</param>
    /// <param name="channelOf">The channel of the one with this number.</param>
    public async Task OpenAsync(ServerProcess server, int count, Func<int, string> channelOf)
    {
        foreach (var batch in Enumerable.Range(_connections.Count, count).Chunk(ConnectAtOnce))
        {
            _connections.AddRange(await Task.WhenAll(batch.Select(async i =>
            {
                var connection = await LoadConnection.ConnectAsync(server.Address, Take, server.Token($"user-{i}"));
                connection.Send(Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{channelOf(i)}}"}"""));
                return connection;
            })));
        }
        await Wait.UntilAsync(() => Volatile.Read(ref _subscribed) == _connections.Count, TimeSpan.FromSeconds(20), "all connections to be subscribed");
    }

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    private void Take(LoadConnection connection, ReadOnlySpan<byte> frame)
    {
        var time = PacedPublisher.TimeOf(frame);
        if (time != 0)
        {
            Volatile.Read(ref _histogram)?.RecordSince(time);
            Interlocked.Increment(ref _delivered);
        }
        else if (frame.StartsWith("{\"type\":\"reply\""u8))
        {
            Interlocked.Increment(ref _subscribed);
        }
    }
}
