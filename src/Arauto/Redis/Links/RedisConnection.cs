using System.Buffers;
using System.Net;
using Arauto.Redis.Resp;

namespace Arauto.Redis.Links;

/// <summary>One connection to a server: commands go out in batches, replies come back in order. Safe for concurrent use.</summary>
/// <remarks>While a batch is being written the next one collects, so under load writes grow rather than queues.</remarks>
internal sealed class RedisConnection : IAsyncDisposable
{
    private const int ReadBufferSize = 64 * 1024;
    private const int KeptBufferSize = 1024 * 1024;

    private readonly Stream _stream;
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private readonly IPushReceiver? _pushes;
    private readonly RespReader _reader;
    private readonly Lock _gate = new();
    private readonly Queue<PendingReply> _pending = new();
    private readonly HashSet<RedisScript> _sentScripts = [];
    private readonly SemaphoreSlim _batchIsThere = new(0);
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _reading;
    private readonly Task _writing;
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _written = new();
    private bool _isWriting;
    private bool _isClosed;
    private long _lastHeard;

    public RedisConnection(Stream stream, DnsEndPoint host, RedisClientOptions options, TimeProvider time, IPushReceiver? pushes)
    {
        _stream = stream;
        _options = options;
        _time = time;
        _pushes = pushes;
        _reader = new RespReader(options.MaxReplyBytes);
        _lastHeard = time.GetTimestamp();
        Host = host;
        Confirmations = new Confirmations(options.ReplicaTimeout);
        Closed = _closed.Token;
        _reading = Task.Run(ReadAsync);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The server.</summary>
    public DnsEndPoint Host { get; }

    /// <summary>Cancelled when the connection is over.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Why it is over.</summary>
    public string CloseReason { get; private set; } = "";

    /// <summary>What the server said about itself when the connection began.</summary>
    public ServerFacts Server { get; set; } = ServerFacts.None;

    /// <summary>The commands that a replica must have before they are answered.</summary>
    public Confirmations Confirmations { get; }

    /// <summary>For how long the server has said nothing.</summary>
    public TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _lastHeard));

    /// <summary>Takes arrays as pushes from now on. Called while no reply is due.</summary>
    public void TakeArraysAsPushes() => _reader.ArraysArePushes = true;

    /// <summary>Sends a command and waits for its reply, on a connection that no link watches.</summary>
    /// <exception cref="RedisException">The server answered with an error that would come again.</exception>
    /// <exception cref="RedisUnavailableException">It cannot answer now, did not in time, or the connection ended.</exception>
    public async Task<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        var pending = new PendingCommand(command, Deadline());
        Send(pending);
        try
        {
            return await pending.Reply.AsTask().WaitAsync(_options.CommandTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RedisUnavailableException(Late, e);
        }
    }

    /// <summary>The timestamp at which a command that is given now has waited long enough.</summary>
    public long Deadline() => _time.GetDeadline(_options.CommandTimeout);

    /// <summary>Sends what waits for a reply; it fails at once if that is not possible.</summary>
    public void Send(PendingReply pending)
    {
        if (Refuse(pending) is { } reason) pending.Fail(new RedisUnavailableException(reason));
    }

    /// <summary>Asks about commands that wait for a replica, if nothing is being asked.</summary>
    public void AskForConfirmation()
    {
        lock (_gate)
        {
            WakeWriter();
            if (!_isClosed) return;
        }
        foreach (var command in Confirmations.Unasked) command.Fail(Ended());
    }

    /// <summary>Fails those that have waited long enough. Their replies are dropped when they come.</summary>
    public void FailOverdue()
    {
        List<PendingReply>? overdue = null;
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            // One that was sent again has waited before: the order of sending is not that of the deadlines.
            foreach (var pending in _pending)
                if (pending.Deadline <= now && !pending.IsOver) (overdue ??= []).Add(pending);
        }
        foreach (var command in Confirmations.Unasked)
            if (command.Deadline <= now && !command.IsOver) (overdue ??= []).Add(command);
        if (overdue is null) return;
        var reason = new RedisUnavailableException(Late);
        foreach (var pending in overdue) pending.Fail(reason);
    }

    /// <summary>How many replies are due.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate) return _pending.Count;
        }
    }

    /// <summary>Ends the connection and fails what waits. The first call's reason counts.</summary>
    public void Close(string reason, Exception? cause = null)
    {
        PendingReply[] lost;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            CloseReason = reason;
            lost = [.. _pending, .. Confirmations.Unasked];
            _pending.Clear();
            _batchIsThere.Release();
        }
        _stream.Dispose();
        // Before the commands fail, so that whoever sees one fail also sees that there is no connection.
        _closed.Cancel();
        var lostReason = Ended(cause);
        foreach (var pending in lost) pending.Fail(lostReason);
    }

    /// <summary>Ends the connection, but not on this thread: for those who hold locks, under which nothing is closed.</summary>
    public void CloseSoon(string reason)
    {
        if (!_closed.IsCancellationRequested)
            ThreadPool.UnsafeQueueUserWorkItem(static (closing) => closing.Connection.Close(closing.Reason), (Connection: this, Reason: reason), preferLocal: false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close("it is not needed any more");
        await _reading.ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        _batchIsThere.Dispose();
    }

    private string Late => $"Redis at {Host.Host}:{Host.Port} did not answer within {_options.CommandTimeout.TotalSeconds} s.";

    private RedisUnavailableException Ended(Exception? cause = null) => new($"The connection to Redis at {Host.Host}:{Host.Port} ended: {CloseReason}", cause);

    private string? Refuse(PendingReply pending)
    {
        var command = pending.Command;
        lock (_gate)
        {
            if (_isClosed) return $"The connection to Redis at {Host.Host}:{Host.Port} ended: {CloseReason}";
            if (_pending.Count >= _options.MaxPendingCommands) return $"{_pending.Count} commands wait for Redis at {Host.Host}:{Host.Port}.";
            var bytes = _filling.WrittenCount + _written.WrittenCount + RespWriter.Measure(command);
            if (bytes > _options.MaxPendingBytes) return $"More than {_options.MaxPendingBytes} bytes wait for Redis at {Host.Host}:{Host.Port}.";
            Write(pending);
            WakeWriter();
            return null;
        }
    }

    private void WakeWriter()
    {
        if (_isWriting || _isClosed) return;
        _isWriting = true;
        _batchIsThere.Release();
    }

    private void Write(PendingReply pending)
    {
        var command = pending.Command;
        var asked = pending as PendingCommand;
        if (asked is { IsAsking: true })
        {
            RespWriter.Write(_filling, PendingAsking.Asking, sendScript: false, serverRun: default);
            _pending.Enqueue(new PendingAsking(pending.Deadline));
        }
        // The first call of a script on a connection brings it, so that calls stay in order where the server does not know it yet.
        var sendScript = command.Script is { } script && (_sentScripts.Add(script) || asked is { MustSendScript: true });
        RespWriter.Write(_filling, command, sendScript, Server.RunId);
        if (pending.Behind is { } behind) RespWriter.Write(_filling, behind, sendScript: false, serverRun: default);
        _pending.Enqueue(pending);
        if (asked is not null) asked.IsConfirmedLater = command.IsReplicated && Confirmations.TryAdd(asked);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                await _batchIsThere.WaitAsync().ConfigureAwait(false);
                while (TakeBatch()) await _stream.WriteAsync(_written.WrittenMemory).ConfigureAwait(false);
                if (_isClosed) return;
            }
        }
        catch (Exception e)
        {
            // Whatever it was, nothing can be written behind it.
            Close(e.Message, e);
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            Clear(ref _written);
            if (!_isClosed && Confirmations.Ask(Deadline()) is { } question) Write(question);
            _isWriting = _filling.WrittenCount > 0 && !_isClosed;
            if (!_isWriting) return false;
            (_filling, _written) = (_written, _filling);
            return true;
        }
    }

    private static void Clear(ref ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > KeptBufferSize) buffer = new ArrayBufferWriter<byte>();
        else buffer.ResetWrittenCount();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[ReadBufferSize];
        try
        {
            while (await _stream.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
            {
                Volatile.Write(ref _lastHeard, _time.GetTimestamp());
                Take(buffer.AsSpan(0, count));
            }
            Close("the server closed it");
        }
        catch (Exception e)
        {
            // Whatever it was, what follows cannot be told apart from replies to something else.
            Close(e.Message, e);
        }
    }

    private void Take(ReadOnlySpan<byte> input)
    {
        while (_reader.TryRead(ref input, out var frame))
        {
            if (frame.IsPush) TakePush(frame.Reply);
            else if (TakePending(frame.Reply) is { } pending) pending.Answer(this, frame.Reply);
            else throw new RespException("A reply came that nobody asked for.");
        }
    }

    private void TakePush(RedisReply push)
    {
        // Messages are by far the most, and never a reply.
        var isReply = !push.Items[0].Bytes.Span.EndsWith("message"u8);
        if (isReply && TakePending(push.Items) is { } pending) pending.Answer(this, push);
        else _pushes?.OnPush(push.Items);
    }

    private PendingReply? TakePending(RedisReply reply)
    {
        lock (_gate) return _pending.TryPeek(out var pending) && pending.IsLast(reply) ? _pending.Dequeue() : pending;
    }

    private PendingReply? TakePending(ReadOnlySpan<RedisReply> push)
    {
        lock (_gate) return _pending.TryPeek(out var pending) && pending.IsAnsweredBy(push) ? _pending.Dequeue() : null;
    }
}
