using System.Threading.Channels;
using Arauto.Gateways;

namespace Arauto.Samples.RequestLog;

/// <summary>Takes lines from requests, which never wait, remembers the newest, and sends each to those whose filter it passes. Safe for concurrent use.</summary>
/// <remarks>Bounds: <see cref="Remembered"/> lines, the oldest go; <see cref="Waiting"/> lines on their way, newer ones are not shown; a line that a page cannot take at once is dropped for that page.</remarks>
internal sealed class RequestFeed : BackgroundService
{
    /// <summary>The lines that a new page can still see.</summary>
    public const int Remembered = 500;

    private const int Waiting = 1000;

    private readonly Channel<RequestLine> _lines = Channel.CreateBounded<RequestLine>(new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<Socket, Watcher> _watchers = [];
    private readonly Queue<RequestLine> _remembered = new(Remembered);
    private readonly Lock _gate = new();
    private long _count;

    /// <summary>The number of the next line.</summary>
    public long NextNumber() => Interlocked.Increment(ref _count);

    public void Add(RequestLine line) => _lines.Writer.TryWrite(line);

    /// <summary>Sends a page the lines that pass a filter from now on.</summary>
    /// <returns>Those before, oldest first.</returns>
    public IReadOnlyList<RequestLine> Watch(Watcher watcher)
    {
        // Under the gate a line is either among those returned or sent, and not both.
        lock (_gate)
        {
            _watchers[watcher.Socket] = watcher;
            return [.. _remembered.Where(watcher.Filter.Matches)];
        }
    }

    public void Leave(Socket socket)
    {
        lock (_gate) _watchers.Remove(socket);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(stoppingToken))
            foreach (var watcher in Remember(line)) await watcher.Socket.Volatile.EmitAsync("line", line, watcher.Number);
    }

    private List<Watcher> Remember(RequestLine line)
    {
        lock (_gate)
        {
            if (_remembered.Count == Remembered) _remembered.Dequeue();
            _remembered.Enqueue(line);
            return [.. _watchers.Values.Where(watcher => watcher.Filter.Matches(line))];
        }
    }
}
