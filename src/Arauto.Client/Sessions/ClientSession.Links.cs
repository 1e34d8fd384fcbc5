using Arauto.Client.Connections;
using Arauto.Client.Subscriptions;
using Arauto.Client.Transports;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <content>Links: opened round by round, probed for a better one, replaced by it. At most one is being opened at a time.</content>
internal sealed partial class ClientSession
{
    // The ids under which the link that is being opened has asked for subscriptions.
    private readonly Dictionary<Subscription, long> _opening = [];
    private TransportKind? _lastTried;
    private bool _wasConnected;

    /// <summary>Tries every transport once, the last one that worked first.</summary>
    /// <returns>The link with the reason why not a better one, or the end that the round comes to.</returns>
    private async Task<(Link? Link, LinkEnd? End)> OpenAsync(CancellationToken cancellationToken)
    {
        List<LinkEnd> failed = [];
        foreach (var kind in _order.Round())
        {
            SetStatus(new ConnectionStatus(ConnectionState.Connecting) { Transport = kind, Reason = failed.LastOrDefault()?.Error.Message });
            var link = NewLink(kind, out var request);
            request = request with { Previous = _lastTried, Reconnect = _wasConnected };
            _lastTried = kind;
            if (await link.OpenAsync(request, cancellationToken).ConfigureAwait(false) is not { } end) return (link, failed.LastOrDefault());
            // Another way to the server does not make the token better.
            if (end.Kind == LinkEndKind.Unauthorized || cancellationToken.IsCancellationRequested) return (null, end);
            _observer.OnTransportFailed(kind, end.Error.Message);
            failed.Add(end);
        }
        return (null, LinkEnd.OfRound(failed));
    }

    /// <summary>Runs a link, and the better ones that replace it, until one is lost.</summary>
    private async Task<LinkEnd> StayAsync(Link link, string? reason, CancellationToken cancellationToken)
    {
        while (true)
        {
            Attach(link, reason);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var running = link.RunAsync(cancellationToken);
            var refreshing = RefreshTokenAsync(stop.Token);
            var probing = ProbeAsync(link.Kind, stop.Token);
            if (await Task.WhenAny(running, probing).ConfigureAwait(false) == probing && await probing.ConfigureAwait(false) is not null) link.End(LinkEnd.Replaced);
            var end = await running.ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await refreshing.ConfigureAwait(false);
            // A better one that is open by now is taken whatever has ended this one.
            if (await probing.ConfigureAwait(false) is not { } better) return end;
            (link, reason) = (better, null);
        }
    }

    /// <summary>Tries those that are better than <paramref name="kind"/> from time to time, until one opens.</summary>
    /// <returns>The open link; <see langword="null"/> if there is no better one, or when stopped.</returns>
    private async Task<Link?> ProbeAsync(TransportKind kind, CancellationToken stop)
    {
        var better = _order.BetterThan(kind);
        if (better.Count == 0) return null;
        var schedule = new ProbeSchedule(_options.ProbeInterval, _options.MaxProbeInterval, _random);
        try
        {
            while (true)
            {
                await Task.Delay(schedule.Next(), _time, stop).ConfigureAwait(false);
                foreach (var candidate in better)
                {
                    var link = NewLink(candidate, out var request);
                    if (await link.OpenAsync(request with { Previous = kind }, stop).ConfigureAwait(false) is not { } end) return link;
                    stop.ThrowIfCancellationRequested();
                    _observer.OnTransportFailed(candidate, end.Error.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Link NewLink(TransportKind kind, out OpenRequest request)
    {
        lock (_gate) _opening.Clear();
        var link = new Link(kind, _transports.Create(kind), this, _options);
        request = new OpenRequest(_token, () => Wanted(link));
        return link;
    }

    /// <summary>
    /// The subscriptions as the present link has them; while a link is being opened, as it should have them, with ids
    /// that count once it is attached.
    /// </summary>
    private List<SubscribeCommand> Wanted(Link link)
    {
        lock (_gate)
        {
            List<SubscribeCommand> wanted = [];
            foreach (var subscription in _subscriptions.Values)
            {
                if (subscription.Phase == SubscriptionPhase.Paused) continue;
                if (link != _link) wanted.Add(subscription.Command(_opening[subscription] = ++_lastId));
                else if (subscription.Phase == SubscriptionPhase.Active || subscription.CommandId is not null) wanted.Add(subscription.Command(subscription.CommandId));
            }
            return wanted;
        }
    }

    /// <summary>A link is open: it takes over subscriptions and commands. The one before has stopped.</summary>
    private void Attach(Link link, string? reason)
    {
        _reconnect.Opened();
        _order.Worked(link.Kind);
        (_lastTried, _wasConnected, _rejectedToken) = (link.Kind, true, null);
        lock (_gate)
        {
            _link = link;
            foreach (var subscription in _subscriptions.Values) Attach(subscription, link);
            // What is left was asked for by the opening, and has been ended or paused since.
            foreach (var subscription in _opening.Keys) link.Post(Unsubscribe(subscription.Channel));
            _opening.Clear();
            foreach (var command in _pending.Values)
            {
                command.MarkUnsent();
                link.Post(command);
            }
        }
        var connected = link.Connected!;
        SetStatus(new ConnectionStatus(ConnectionState.Connected)
        {
            Transport = link.Kind,
            Reason = reason,
            ConnectionId = TextOf(connected.Connection),
            User = TextOf(connected.User),
            Node = TextOf(connected.Node),
        });
    }

    private void Attach(Subscription subscription, Link link)
    {
        subscription.Detach();
        if (subscription.Phase != SubscriptionPhase.Pending) return;
        if (_opening.Remove(subscription, out var id)) subscription.Ask(id);
        else Ask(subscription, link);
    }

    private static string? TextOf(string text) => text.Length > 0 ? text : null;
}
