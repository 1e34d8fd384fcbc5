using Arauto.Gateways;

namespace Arauto.SocketIo;

/// <summary>Acknowledgements that the server waits for from one socket. Safe for concurrent use.</summary>
internal sealed class PendingAcks
{
    private readonly Lock _gate = new();
    private Dictionary<long, TaskCompletionSource<EventArguments>>? _waiting;
    private long _next;
    private bool _ended;

    /// <summary>Takes the next id.</summary>
    /// <returns>The answer to come; <see langword="null"/> if the socket has gone.</returns>
    public Task<EventArguments>? Expect(out long id)
    {
        var answer = new TaskCompletionSource<EventArguments>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            id = _next;
            if (_ended) return null;
            (_waiting ??= [])[_next++] = answer;
            return answer.Task;
        }
    }

    /// <summary>Takes an answer. One that nobody waits for is ignored.</summary>
    public void Answer(long id, EventArguments arguments)
    {
        if (Take(id) is { } answer) answer.SetResult(arguments);
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void Forget(long id) => Take(id);

    /// <summary>The socket has gone.</summary>
    public void End(string socket)
    {
        Dictionary<long, TaskCompletionSource<EventArguments>>? waiting;
        lock (_gate)
        {
            _ended = true;
            (waiting, _waiting) = (_waiting, null);
        }
        if (waiting is null) return;
        foreach (var answer in waiting.Values) answer.SetException(new SocketDisconnectedException(socket));
    }

    private TaskCompletionSource<EventArguments>? Take(long id)
    {
        lock (_gate) return _waiting is not null && _waiting.Remove(id, out var answer) ? answer : null;
    }
}
