using Arauto.Client.Commands;
using Arauto.Client.Connections;
using Arauto.Client.Subscriptions;
using Arauto.Client.Transports;

namespace Arauto.Client.Sessions;

/// <summary>
/// What outlives a connection: subscriptions with their cursors and commands without an answer. One loop opens a
/// <see cref="Link"/>, lets it run, and decides what follows. Invariant: a command is posted once per link, a
/// subscription asked for once per link, both in the order of their ids.
/// </summary>
/// <remarks>Lock order: only <c>_gate</c>, never held while the observer is called or anything is awaited.</remarks>
internal sealed partial class ClientSession : ILinkHandler, IAsyncDisposable
{
    private readonly ArautoClientOptions _options;
    private readonly TransportFactory _transports;
    private readonly ISessionObserver _observer;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ReconnectPolicy _reconnect;
    private readonly TransportOrder _order;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _slots;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, PendingCommand> _pending = [];
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private Link? _link;
    private Task? _running;
    private Exception? _closed;
    private long _lastId;
    private string? _token;
    private string? _rejectedToken;

    public ClientSession(ArautoClientOptions options, TransportFactory transports, ISessionObserver observer, Random random)
    {
        _options = options;
        _transports = transports;
        _observer = observer;
        _time = options.TimeProvider;
        _random = random;
        _slots = new SemaphoreSlim(options.MaxPendingCommands);
        _order = new TransportOrder(options.Transport);
        _reconnect = new ReconnectPolicy(NewBackoff(), options.StableAfter, options.TokenProvider is not null, _time);
    }

    /// <summary>Where the connection stands.</summary>
    public ConnectionStatus Status { get; private set; } = new(ConnectionState.Idle);

    /// <summary>The token used last, for calls over HTTP.</summary>
    public string? Token => Volatile.Read(ref _token) ?? _options.Token;

    /// <summary>Starts the loop with the first use.</summary>
    private void Start()
    {
        lock (_gate)
        {
            if (_closed is null) _running ??= Task.Run(() => RunAsync(_stop.Token));
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            Detach(end);
            if (cancellationToken.IsCancellationRequested) return;
            if (_reconnect.AfterEnd(end) is not { } wait)
            {
                Close(end.Error);
                return;
            }
            SetStatus(new ConnectionStatus(ConnectionState.Waiting) { RetryAfter = wait, Reason = end.Error.Message });
            try
            {
                await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>A round of tries, and the connection that comes of it until its end.</summary>
    private async Task<LinkEnd> ConnectAsync(CancellationToken cancellationToken)
    {
        if (await TakeTokenAsync(cancellationToken).ConfigureAwait(false) is { } without) return without;
        var (link, end) = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (link is not null) end = await StayAsync(link, end?.Error.Message, cancellationToken).ConfigureAwait(false);
        if (end!.Kind == LinkEndKind.Unauthorized) _rejectedToken = _token;
        return end;
    }

    /// <summary>Whatever the link was asked is void: subscriptions will be asked for again, and commands that make no sense later fail.</summary>
    private void Detach(LinkEnd end)
    {
        List<PendingCommand> failed = [];
        lock (_gate)
        {
            if (_link is null) return;
            _link = null;
            foreach (var subscription in _subscriptions.Values) subscription.Detach();
            foreach (var command in _pending.Values)
            {
                command.MarkUnsent();
                if (!command.Resend) failed.Add(command);
            }
        }
        foreach (var command in failed) command.Answer.TrySetException(end.Error);
    }

    /// <summary>The end of the session: whatever waits is told why.</summary>
    private void Close(Exception reason)
    {
        PendingCommand[] commands;
        Subscription[] subscriptions;
        lock (_gate)
        {
            if (_closed is not null) return;
            _closed = reason;
            commands = [.. _pending.Values];
            subscriptions = [.. _subscriptions.Values];
            _subscriptions.Clear();
        }
        // First, so that whoever sees a call fail finds the status that says why.
        SetStatus(new ConnectionStatus(ConnectionState.Closed) { Reason = reason.Message });
        foreach (var command in commands) command.Answer.TrySetException(reason);
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
            // Disposing the client is the ordinary end of its enumerations; a refusal is an error in each of them.
            subscription.Complete(reason is ObjectDisposedException ? null : reason);
        }
    }

    private void SetStatus(ConnectionStatus status)
    {
        Status = status;
        _observer.OnStatus(status);
    }

    private Backoff NewBackoff() => new(_options.FirstReconnectDelay, _options.MaxReconnectDelay, _random);

    /// <summary>Ends the connection with a close frame; pending calls fail with <see cref="ObjectDisposedException"/>, enumerations end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task? running;
        lock (_gate) running = _running;
        if (running is not null) await running.ConfigureAwait(false);
        Close(new ObjectDisposedException(nameof(ArautoClient)));
    }
}
