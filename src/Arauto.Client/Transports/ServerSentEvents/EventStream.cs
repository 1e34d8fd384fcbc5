using Arauto.Client.Transports.Http;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.ServerSentEvents;

/// <summary>One stream, from its greeting to its end, and what its items mean.</summary>
internal sealed class EventStream(HttpResponseMessage response, Stream body, IReadOnlyList<SubscribeCommand> wanted, ArautoClientOptions options) : IFollowing
{
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostTimeout = TimeSpan.FromHours(2);

    private readonly byte[] _buffer = new byte[8192];
    private readonly EventStreamParser _parser = new(options.MaxFrameBytes);
    private bool _hasBegun;
    private ArautoException? _lastError;

    public ConnectedFrame Connected { get; private set; } = null!;

    /// <summary>Reads up to the greeting. Only that shows that the stream comes through: a proxy may send the head of the answer and hold back the rest.</summary>
    /// <exception cref="IOException">It does not begin with a greeting.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_parser.TryRead(out var item))
            {
                if (item is EventStreamItem.Event) throw new IOException("The event stream does not begin with the server's greeting.");
                if (item is EventStreamItem.Comment comment && TryReadGreeting(comment.Text.Span)) return;
            }
            if (!await ReadAsync(cancellationToken).ConfigureAwait(false)) throw new IOException("The event stream ended before it began.");
        }
    }

    public async Task<LinkEnd> RunAsync(Func<Received, CancellationToken, ValueTask> emit, CancellationToken stop)
    {
        var patience = TimeSpan.FromSeconds(Math.Clamp(Connected.HeartbeatTimeout, LeastTimeout.TotalSeconds, MostTimeout.TotalSeconds));
        using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
        try
        {
            while (true)
            {
                while (_parser.TryRead(out var item))
                    foreach (var received in Interpret(item)) await emit(received, stop).ConfigureAwait(false);
                silence.CancelAfter(patience);
                if (!await ReadAsync(either.Token).ConfigureAwait(false)) return LinkEnd.StreamEnded(_lastError);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return LinkEnd.Lost($"Nothing was heard from the server for {patience.TotalSeconds:0} s.");
        }
    }

    private async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await body.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        _parser.Append(_buffer.AsSpan(0, read));
        return read > 0;
    }

    private bool TryReadGreeting(ReadOnlySpan<byte> comment)
    {
        if (!comment.StartsWith("connected "u8) || !JsonCodec.Instance.TryDecodeFrame(comment["connected ".Length..], out var frame, out _) || frame is not ConnectedFrame connected) return false;
        Connected = connected;
        return true;
    }

    private IEnumerable<Received> Interpret(EventStreamItem item)
    {
        if (item is not EventStreamItem.Event @event)
        {
            yield return new Received.Framed(new HeartbeatFrame(), default);
            yield break;
        }
        if (!_hasBegun && @event.Id is { } start)
        {
            _hasBegun = true;
            foreach (var command in wanted.Where(static command => command.Id is not null))
                yield return new Received.Framed(StartingPlace.Reply(command, start, command.Since is not null), default);
            yield return new Received.Places(start);
        }
        if (@event.Data is not { } data) yield break;
        if (!JsonCodec.Instance.TryDecodeFrame(data.Span, out var frame, out var problem))
        {
            yield return new Received.Unreadable(problem.Message);
            yield break;
        }
        if (frame is ErrorFrame { Channel: null } error) _lastError = error.ToException();
        yield return new Received.Framed(frame, data);
        if (frame is GapFrame && @event.Id is { } after) yield return new Received.Places(after);
    }

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }
}
