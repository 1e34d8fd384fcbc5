using System.Collections.Concurrent;
using Arauto.Backplanes.Links;

namespace Arauto.Relays;

/// <summary>What came in on this node for the sessions of others. Safe for concurrent use.</summary>
internal sealed class RelayEntrance(TimeProvider time)
{
    private readonly ConcurrentDictionary<ulong, EntranceRequest> _requests = new();
    private ulong _last;
    private volatile bool _stopping;

    /// <summary>How many there are.</summary>
    public int Count => _requests.Count;

    /// <summary>Asks the owner of a session.</summary>
    /// <param name="owner">The node with the session.</param>
    /// <param name="ask">What is asked.</param>
    /// <param name="deadline">How long the answer may take; then there is taken to be no such session.</param>
    /// <param name="aborted">Cancelled when the client is gone; the owner is told.</param>
    public async Task<RelayAnswer> AskAsync(NodeLink owner, RelayAsk ask, TimeSpan deadline, CancellationToken aborted)
    {
        var request = new EntranceRequest(owner, Interlocked.Increment(ref _last), ask);
        try
        {
            return await AskAsync(request, deadline, aborted).ConfigureAwait(false);
        }
        finally
        {
            _requests.TryRemove(request.Number, out _);
        }
    }

    /// <summary>Asks the owner of a session whether it is to be carried by a WebSocket.</summary>
    /// <returns>The answer, and if it is one that accepts, what relays the WebSocket.</returns>
    public async Task<(RelayAnswer Answer, EntranceSocket Socket)> OpenAsync(NodeLink owner, RelayAsk ask, TimeSpan deadline, CancellationToken aborted)
    {
        var socket = new EntranceSocket(owner, Interlocked.Increment(ref _last), ask, time, socket => _requests.TryRemove(socket.Number, out _));
        var answer = await AskAsync(socket, deadline, aborted).ConfigureAwait(false);
        if (answer.Outcome != RelayOutcome.Accepted) socket.GiveUp();
        return (answer, socket);
    }

    /// <summary>Tells the owner of a session that the client of a request is gone.</summary>
    public void Abort(NodeLink owner, RelayAsk ask) => owner.Send(ask.ToRecord(Interlocked.Increment(ref _last)));

    /// <summary>A record from an owner.</summary>
    public void Received(NodeLink owner, RelayRecord record)
    {
        // An answer that comes too late is for nobody; one from another node is a fault of that node.
        if (!_requests.TryGetValue(record.Request, out var request) || request.Owner != owner) return;
        var socket = request as EntranceSocket;
        switch (record.Type)
        {
            case RelayRecordType.Answer when RelayAnswer.TryRead(record.Rest, out var answer):
                request.Answered(answer);
                break;
            case RelayRecordType.Frames:
                socket?.Forward(record.Rest);
                break;
            case RelayRecordType.Close:
                socket?.Close();
                break;
            case RelayRecordType.Taken when record.TryReadNumber(out var cost):
                socket?.Taken(cost);
                break;
        }
    }

    /// <summary>An owner is gone.</summary>
    public void Lost(NodeLink owner)
    {
        foreach (var (_, request) in _requests)
            if (request.Owner == owner) request.Lost();
    }

    /// <summary>Lets all clients go, which come again by another way.</summary>
    public void Stop()
    {
        _stopping = true;
        foreach (var (_, request) in _requests) request.Stop();
    }

    private async Task<RelayAnswer> AskAsync(EntranceRequest request, TimeSpan deadline, CancellationToken aborted)
    {
        _requests[request.Number] = request;
        try
        {
            if (!await request.SendAsync(aborted).ConfigureAwait(false)) return RelayAnswer.Unknown;
        }
        catch (OperationCanceledException)
        {
            return new RelayAnswer(RelayOutcome.Aborted);
        }
        if (_stopping) request.Stop();
        try
        {
            return await request.Answer.WaitAsync(deadline, time, aborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            request.Abort();
            return RelayAnswer.Unknown;
        }
        catch (OperationCanceledException)
        {
            request.Abort();
            return new RelayAnswer(RelayOutcome.Aborted);
        }
    }
}
