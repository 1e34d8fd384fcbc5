using Arauto.Backplanes.Links;
using Arauto.Protocol;
using Arauto.Transports;
using Arauto.Transports.WebSockets;

namespace Arauto.Relays;

/// <summary>A WebSocket of a session of this node that came in on another one. For the session it is a transport as any. Safe for concurrent use.</summary>
/// <param name="entrance">The node that the client reached.</param>
/// <param name="number">The request's number there.</param>
/// <param name="over">Called at the end.</param>
internal sealed class OwnerSocket(NodeLink entrance, ulong number, Action over) : ITransport, IRelayed
{
    /// <summary>Frames that are sent together make records of about this length.</summary>
    private const int MaxTogether = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly RelayTally _taken = new();
    private ITransportReceiver? _receiver;
    private volatile bool _closed;

    // Guarded by _gate.
    private readonly RelayWindow _window = new();
    private readonly Queue<Input> _inbox = [];
    private int _inboxCost;
    private bool _isReceiving;
    private volatile bool _hasEnded;

    /// <summary>A message or, without a receiver's message, the end.</summary>
    private readonly record struct Input(ReadOnlyMemory<byte> Message, bool IsBinary, bool IsEnd = false, CloseCode? Code = null);

    /// <inheritdoc/>
    public TransportKind Kind => TransportKind.WebSocket;

    /// <summary>Not compressed: what is shared by many receivers goes out here as it is.</summary>
    public Framing Framing => WebSocketFraming.Text;

    /// <inheritdoc/>
    public bool HearsPeer => true;

    /// <inheritdoc/>
    public bool IsClosed => _closed || _hasEnded;

    /// <summary>The receiving that is under way.</summary>
    public Task Receiving { get; private set; } = Task.CompletedTask;

    /// <summary>Who is told of everything. To be called once, before anything comes.</summary>
    public void Start(ITransportReceiver receiver) => _receiver = receiver;

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        var more = true;
        for (var rest = frames; !rest.IsEmpty;)
        {
            var (count, length) = Fit(rest);
            more = SendRecord(rest[..count], length);
            rest = rest[count..];
        }
        if (!more || entrance.HasRoom) return more;
        _ = ResumeAsync();
        return false;
    }

    /// <summary>How many of the frames make one record, and their length. A frame goes whole, whatever its length.</summary>
    private static (int Count, int Length) Fit(ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        var (count, length) = (1, frames[0].Length);
        while (count < frames.Length && length + frames[count].Length <= MaxTogether) length += frames[count++].Length;
        return (count, length);
    }

    private bool SendRecord(ReadOnlySpan<ReadOnlyMemory<byte>> frames, int length)
    {
        var record = RelayRecord.Create(RelayRecordType.Frames, number, length);
        var rest = record.AsSpan(RelayRecord.HeaderBytes);
        foreach (var frame in frames)
        {
            frame.Span.CopyTo(rest);
            rest = rest[frame.Length..];
        }
        bool more;
        lock (_gate) more = _window.Spend(RelayWindow.CostOf(length));
        if (record.Length > NodeLink.MaxRecordBytes) Close(WebSocketFrameReader.NoStatus, "");
        else entrance.Send(record);
        return more;
    }

    /// <summary>Goes on when the way has room again that all sockets between the two nodes share.</summary>
    private async Task ResumeAsync()
    {
        await entrance.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(false);
        _receiver!.SendCompleted();
        entrance.LetInNext();
    }

    /// <summary>Nothing: the heartbeat is Engine.IO's own.</summary>
    public void Ping()
    {
    }

    /// <summary>Has the other node close the WebSocket, with an empty close frame.</summary>
    public void Close(CloseCode code, string reason)
    {
        if (_closed) return;
        _closed = true;
        entrance.Send(RelayRecord.Create(RelayRecordType.Close, number, ReadOnlySpan<byte>.Empty));
    }

    /// <summary>The other node has passed on so much of what was sent.</summary>
    public void PassedOn(uint cost)
    {
        lock (_gate)
        {
            if (!_window.Return(cost)) return;
        }
        _receiver!.SendCompleted();
    }

    /// <summary>A message of the client.</summary>
    public void Receive(ReadOnlyMemory<byte> message, bool isBinary)
    {
        bool isTooMuch;
        lock (_gate) isTooMuch = _inboxCost >= RelayWindow.Bytes;
        if (isTooMuch)
        {
            // The other node does not keep the window.
            Close(WebSocketFrameReader.NoStatus, "");
            Closed(null);
            return;
        }
        Enqueue(new Input(message, isBinary), RelayWindow.CostOf(message.Length));
    }

    /// <summary>The client's WebSocket is over.</summary>
    public void Closed(CloseCode? code) => Enqueue(new Input(default, IsBinary: false, IsEnd: true, code), cost: 0);

    /// <inheritdoc/>
    public void Lost() => Closed(null);

    private void Enqueue(Input input, int cost)
    {
        lock (_gate)
        {
            if (_hasEnded) return;
            _hasEnded = input.IsEnd;
            _inbox.Enqueue(input);
            _inboxCost += cost;
            if (_isReceiving) return;
            _isReceiving = true;
            Receiving = Task.Run(ReceiveAsync);
        }
    }

    /// <summary>Hands the messages over one after the other; the next waits until the session has taken the one before.</summary>
    private async Task ReceiveAsync()
    {
        while (TryTakeNext(out var input))
        {
            if (input.IsEnd)
            {
                _closed = true;
                over();
                _receiver!.Closed(input.Code);
                return;
            }
            await _receiver!.ReceiveAsync(input.Message.Span, input.IsBinary).ConfigureAwait(false);
            var cost = RelayWindow.CostOf(input.Message.Length);
            lock (_gate) _inboxCost -= cost;
            if (_taken.Add(cost) is not 0 and var told) entrance.Send(RelayRecord.Create(RelayRecordType.Taken, number, told));
        }
    }

    private bool TryTakeNext(out Input input)
    {
        lock (_gate)
        {
            _isReceiving = _inbox.TryDequeue(out input);
            return _isReceiving;
        }
    }
}
