using System.Threading.Tasks.Sources;

namespace Arauto.Redis.Links;

/// <summary>A command that somebody waits for. Answered, failed or cancelled once, whatever comes first.</summary>
internal sealed class PendingCommand(RedisCommand command, long deadline) : PendingReply(command, deadline), IValueTaskSource<RedisReply>
{
    private ManualResetValueTaskSourceCore<RedisReply> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private RedisReply? _unconfirmed;
    private int _isOver;

    /// <summary>Whether <c>ASKING</c> goes in front.</summary>
    public bool IsAsking { get; init; }

    /// <summary>Whether the server said that it does not have the script.</summary>
    public bool MustSendScript { get; private set; }

    /// <summary>Whether a <c>WAIT</c> follows that has to confirm it. Decided when it is sent.</summary>
    public bool IsConfirmedLater { get; set; }

    /// <inheritdoc/>
    public override bool IsOver => Volatile.Read(ref _isOver) != 0;

    /// <summary>The reply.</summary>
    public ValueTask<RedisReply> Reply => new(this, _source.Version);

    /// <summary>Ends the wait when the token is cancelled. Called once, before sending.</summary>
    public void CancelWith(CancellationToken token)
    {
        if (token.CanBeCanceled)
            _cancellation = token.UnsafeRegister(static (pending, token) => ((PendingCommand)pending!).End(new OperationCanceledException(token)), this);
    }

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        if (reply.Kind == RedisReplyKind.Error) AnswerError(connection, reply);
        else if (IsConfirmedLater) _unconfirmed = reply;
        else End(reply);
    }

    /// <summary>Says whether enough replicas have what the command did.</summary>
    public void Confirm(bool isConfirmed)
    {
        if (_unconfirmed is not { } reply) return;
        if (isConfirmed) End(reply);
        else Fail(new RedisUnavailableException($"Redis took {Command.Name}, but it was not confirmed by a replica.") { IsAnswer = true });
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason) => End(reason);

    RedisReply IValueTaskSource<RedisReply>.GetResult(short token)
    {
        _cancellation.Dispose();
        return _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<RedisReply>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<RedisReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void AnswerError(RedisConnection connection, RedisReply reply)
    {
        var error = ErrorReply.Read(reply);
        if (error.Code == "NOSCRIPT" && Command.Script is not null && !MustSendScript)
        {
            // Whoever cancelled it, or was told that it came too late, must not find it done much later.
            if (IsOver) return;
            MustSendScript = true;
            connection.Send(this);
            return;
        }
        End(ErrorReply.IsPassing(error) ? new RedisUnavailableException($"Redis cannot answer now: {error.Message}", error) { IsAnswer = true } : error);
        if (ErrorReply.MustSignInAgain(error)) connection.Close(error.Message, error);
    }

    private void End(RedisReply reply)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _source.SetResult(reply);
    }

    private void End(Exception exception)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _source.SetException(exception);
    }
}
