using Microsoft.Extensions.Logging;

namespace Arauto.Backplanes.Links;

/// <summary>The links of this node to others, each made when it is first used. Without one there is no timer. Safe for concurrent use.</summary>
internal sealed partial class NodeLinks : IAsyncDisposable
{
    /// <summary>A sign of life goes out this often, and what has not arrived is looked at.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>After so many ticks without news of their arrival batches are sent again.</summary>
    public const int ResendTicks = 3;

    /// <summary>For so many ticks the bus may say that the other node is not there, before that is believed: it may be just subscribing again.</summary>
    public const int AbsenceTicks = 3;

    /// <summary>For so many ticks the other node may be silent while the bus is away too: as long as clients wait for a heartbeat.</summary>
    public const int SilenceTicks = 45;

    /// <summary>More links are not made: beyond that it is not nodes that ask for them.</summary>
    private const int MaxLinks = 1024;

    /// <summary>How long the end waits for what is on its way.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, NodeLink> _links = [];
    private readonly INodeBus _bus;
    private readonly NodeMessageKind _kind;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeLinks> _logger;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended;
    private bool _isTicking;

    /// <param name="bus">Carries the messages.</param>
    /// <param name="kind">The kind that is theirs alone.</param>
    /// <param name="receiver">Takes what comes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where links that begin and end are logged.</param>
    public NodeLinks(INodeBus bus, NodeMessageKind kind, ILinkReceiver receiver, TimeProvider time, ILogger<NodeLinks> logger)
    {
        _bus = bus;
        _kind = kind;
        _time = time;
        _logger = logger;
        _ended = _end.Token;
        Receiver = receiver;
        _timer = time.CreateTimer(static state => ((NodeLinks)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        bus.Handle(kind, Take);
    }

    /// <summary>Takes what comes.</summary>
    public ILinkReceiver Receiver { get; }

    /// <summary>The link to a node; <see langword="null"/> if there can be none.</summary>
    public NodeLink? Find(string node)
    {
        lock (_gate)
        {
            if (_links.TryGetValue(node, out var known)) return known;
            if (node == _bus.Self || _ended.IsCancellationRequested) return null;
            if (_links.Count < MaxLinks) return Begin(node);
        }
        Log.Full(_logger, MaxLinks);
        return null;
    }

    /// <summary>Ends all links; the other nodes are told.</summary>
    public async ValueTask DisposeAsync()
    {
        NodeLink[] links;
        lock (_gate)
        {
            if (_ended.IsCancellationRequested) return;
            links = [.. _links.Values];
        }
        try
        {
            await Task.WhenAll(links.Select(link => link.SayGoodbyeAsync())).WaitAsync(EndTimeout, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The others find out by themselves.
        }
        await _end.CancelAsync().ConfigureAwait(false);
        foreach (var link in links) link.GiveUp("this node stops");
        await _timer.DisposeAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    /// <summary>Sends one message of a link.</summary>
    internal async ValueTask<bool> SendAsync(string node, byte[] message)
    {
        try
        {
            return !_ended.IsCancellationRequested && await _bus.SendAsync(node, _kind, message, _ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Whether the bus reaches this node itself: if it does, and another not, the other is not there.</summary>
    internal ValueTask<bool> IsBusWorkingAsync() => SendAsync(_bus.Self, []);

    /// <summary>A link is lost.</summary>
    internal void Forget(NodeLink link, string reason)
    {
        lock (_gate)
        {
            if (_links.TryGetValue(link.Node, out var known) && known == link) _links.Remove(link.Node);
        }
        // Anybody can ask for nodes that do not exist.
        if (link.IsKnown) Log.GivenUp(_logger, link.Node, reason);
        else Log.NotFound(_logger, link.Node, reason);
        Receiver.Lost(link);
    }

    private NodeLink Begin(string node)
    {
        var link = new NodeLink(this, node);
        _links.Add(node, link);
        if (!_isTicking) _timer.Change(TickInterval, TickInterval);
        _isTicking = true;
        Log.Begins(_logger, node);
        return link;
    }

    private void Take(NodeMessage message)
    {
        if (message.Sender == _bus.Self || !LinkHeader.TryRead(message.Body.Span, out var header)) return;
        if (header.Type == LinkMessageType.Reset)
        {
            TakeReset(message.Sender, header.Epoch);
            return;
        }
        if (Find(message.Sender) is not { } link) return;
        var pieces = message.Body[LinkHeader.Bytes..];
        if (link.Take(header, pieces)) return;
        // The other end begins anew, or does not know that this one did.
        if (header.Number != 0)
        {
            link.Refuse(header.Epoch);
            return;
        }
        link.GiveUp("it began anew");
        Find(message.Sender)?.Take(header, pieces);
    }

    private void TakeReset(string node, uint epoch)
    {
        NodeLink? link;
        lock (_gate) link = _links.GetValueOrDefault(node);
        if (link?.IsEnd(epoch) == true) link.GiveUp("it does not know this end of it");
    }

    private void Tick()
    {
        NodeLink[] links;
        lock (_gate)
        {
            links = [.. _links.Values];
            if (links.Length == 0)
            {
                _isTicking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        foreach (var link in links) link.Tick();
    }
}
