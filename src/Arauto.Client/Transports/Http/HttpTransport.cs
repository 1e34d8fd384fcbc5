using System.Threading.Channels;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>
/// A transport whose upstream is the HTTP API, one call after the other, and whose downstream names its channels in the
/// request. So a changed set of subscriptions is a new request, which goes on from their cursors; and while there is no
/// subscription, there is nothing to follow, and the server is only asked whether it is there.
/// </summary>
internal abstract class HttpTransport : IClientTransport
{
    // The heartbeat of a connection about which the server says nothing: it is held up by the pings of the link.
    private const int HeartbeatInterval = 30;
    private const int HeartbeatTimeout = 90;

    private readonly Channel<Received> _inbox = System.Threading.Channels.Channel.CreateBounded<Received>(64);
    private readonly CancellationTokenSource _stop = new();
    private readonly CommandCalls _calls;
    private readonly SubscriptionChanges _changes;
    private readonly ChannelRefusals _refusals;
    private OpenRequest _request = null!;
    private string? _token;
    private FollowedSet _followed = new([], null);
    private Task _running = Task.CompletedTask;
    private volatile bool _isFollowing;

    protected HttpTransport(HttpGateway http, ArautoClientOptions options)
    {
        Http = http;
        Options = options;
        _calls = new CommandCalls(http, options);
        _changes = new SubscriptionChanges(options.TimeProvider);
        _refusals = new ChannelRefusals(http, options);
    }

    protected HttpGateway Http { get; }

    protected ArautoClientOptions Options { get; }

    /// <summary>The present token; a renewed one counts from the next request on.</summary>
    protected string? Token => Volatile.Read(ref _token);

    /// <summary>What is requested, in words for people.</summary>
    protected abstract string Name { get; }

    /// <summary>Begins to follow channels and waits for the first sign that it works.</summary>
    /// <param name="wanted">At least one subscription.</param>
    /// <param name="query">Parameters for the server's metrics; empty for none.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <exception cref="HttpRefusedException">The server refused the request.</exception>
    /// <exception cref="IOException">The server could not be reached, or something else answered.</exception>
    protected abstract Task<IFollowing> StartAsync(IReadOnlyList<SubscribeCommand> wanted, string query, CancellationToken cancellationToken);

    public async Task<Received> OpenAsync(OpenRequest request, CancellationToken cancellationToken)
    {
        _request = request;
        Volatile.Write(ref _token, request.Token);
        try
        {
            var following = await FollowAsync(request.Query, cancellationToken).ConfigureAwait(false);
            if (following is null) await _calls.CallAsync(new PingCommand(), request.Token, cancellationToken).ConfigureAwait(false);
            _running = RunAsync(following, _stop.Token);
            return new Received.Framed(following?.Connected ?? Greeting(request.Token), default);
        }
        catch (HttpRefusedException refused)
        {
            return new Received.Ended(refused.ToEnd(Name));
        }
        catch (ArautoException error)
        {
            return new Received.Ended(LinkEnd.StreamEnded(error));
        }
    }

    public async ValueTask SendAsync(ClientCommand command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case SubscribeCommand or UnsubscribeCommand:
                _changes.Notice();
                break;
            case AuthCommand auth:
                Volatile.Write(ref _token, auth.Token);
                _changes.Notice();
                await EmitAsync(new Received.Framed(new DoneReply { Id = auth.Id ?? 0 }, default), cancellationToken).ConfigureAwait(false);
                break;
            // What is followed shows by itself that the server lives; another way to it would only hide that this one is dead.
            case PingCommand { Id: null } when _isFollowing:
                break;
            default:
                await EmitAsync(await CallAsync(command, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    public ValueTask<Received> ReceiveAsync(CancellationToken cancellationToken) => _inbox.Reader.ReadAsync(cancellationToken);

    public Task CloseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>What stands for the server's greeting where it sends none.</summary>
    protected static ConnectedFrame Greeting(string? token) => new()
    {
        Connection = "",
        User = token is null ? "" : TokenClaims.Read(token).User ?? "",
        Node = "",
        HeartbeatInterval = HeartbeatInterval,
        HeartbeatTimeout = HeartbeatTimeout,
    };

    private ValueTask EmitAsync(Received received, CancellationToken cancellationToken) => _inbox.Writer.WriteAsync(received, cancellationToken);

    private async Task<Received> CallAsync(ClientCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await _calls.CallAsync(command, Token, cancellationToken).ConfigureAwait(false);
        }
        catch (ArautoException error) when (error.IsAboutToken)
        {
            return new Received.Ended(LinkEnd.StreamEnded(error));
        }
        catch (ArautoException error)
        {
            return new Received.Framed(new ErrorFrame { Id = command.Id, Code = error.Code, Message = error.Message, RetryAfter = error.RetryAfter?.TotalSeconds }, default);
        }
    }

    /// <summary>Follows what is wanted, anew after each change, until the end.</summary>
    private async Task RunAsync(IFollowing? following, CancellationToken stop)
    {
        try
        {
            await EmitAsync(await FollowOnAsync(following, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The connection is closed; nobody listens any more.
        }
    }

    private async Task<Received> FollowOnAsync(IFollowing? following, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                foreach (var refusal in _refusals.Take()) await EmitAsync(refusal, stop).ConfigureAwait(false);
                if (await RunOneAsync(following, stop).ConfigureAwait(false) is { } end) return new Received.Ended(end);
                following = await FollowAgainAsync(stop).ConfigureAwait(false);
            }
        }
        catch (HttpRefusedException refused)
        {
            // It worked before, so it is for the next round to find out what works now.
            var end = refused.ToEnd(Name);
            return new Received.Ended(end.Kind == LinkEndKind.Refused ? end with { Kind = LinkEndKind.Lost } : end);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new Received.Ended(LinkEnd.Lost(error.Message, error));
        }
    }

    /// <summary>Passes on what comes until the end, which is returned, or until something else is wanted.</summary>
    private async Task<LinkEnd?> RunOneAsync(IFollowing? following, CancellationToken stop)
    {
        _isFollowing = following is not null;
        using var other = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = RunToEndAsync(following, other.Token);
        var changing = WaitForOtherAsync(other.Token);
        await Task.WhenAny(running, changing).ConfigureAwait(false);
        await other.CancelAsync().ConfigureAwait(false);
        await changing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var end = await running.ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return end;
    }

    private async Task<LinkEnd?> RunToEndAsync(IFollowing? following, CancellationToken stop)
    {
        try
        {
            if (following is not null) return await following.RunAsync(EmitAsync, stop).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, Options.TimeProvider, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Something else is wanted, or the connection is closed.
        }
        catch (HttpRefusedException refused) when (refused.IsAboutChannel)
        {
            // A right has gone. Beginning anew finds out to which channel.
        }
        finally
        {
            following?.Dispose();
        }
        return null;
    }

    private async Task WaitForOtherAsync(CancellationToken stop)
    {
        do await _changes.WaitAsync(stop).ConfigureAwait(false);
        while (_followed.Covers(_request.Wanted(), Token));
    }

    private async Task<IFollowing?> FollowAgainAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Options.ConnectTimeout, Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return await FollowAsync("", either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new IOException($"Nothing came within {Options.ConnectTimeout.TotalSeconds:0.#} s.", error);
        }
    }

    /// <summary>Begins with everything wanted that is not refused; <see langword="null"/> if nothing is left.</summary>
    private async Task<IFollowing?> FollowAsync(string query, CancellationToken cancellationToken)
    {
        var wanted = _refusals.Bound(_request.Wanted());
        while (true)
        {
            _followed = new FollowedSet(wanted, Token);
            if (wanted.Count == 0) return null;
            try
            {
                return await StartAsync(wanted, query, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRefusedException refused) when (refused.IsAboutChannel)
            {
                var rest = await _refusals.FindAsync(wanted, refused, Token, cancellationToken).ConfigureAwait(false);
                // None of them is refused alone: it has passed meanwhile, and the next try will tell.
                if (rest.Count == wanted.Count) throw new IOException(refused.Error.Message, refused);
                wanted = rest;
            }
        }
    }
}
