namespace Arauto.Redis.Links;

/// <summary>Has a replica confirm those commands of a connection that ask for it. Safe for concurrent use.</summary>
/// <remarks>
/// A server does nothing else for a connection that waits for replicas. So one <c>WAIT</c> is on its way at a time, and confirms
/// all that was sent before it. Behind one that came short none follows: <c>ROLE</c>, which waits for nobody, is asked instead,
/// until a replica has what it owed then or there is none any more. So a replica that hangs holds up other commands once.
/// </remarks>
/// <param name="timeout">How long the server may wait.</param>
internal sealed class Confirmations(TimeSpan timeout)
{
    private readonly RedisCommand _wait = new("WAIT", 1, (long)timeout.TotalMilliseconds);
    private readonly List<PendingCommand> _unasked = [];
    private readonly Lock _gate = new();
    private bool _hasReplica;
    private bool _isAsking;
    private bool _isInDoubt;
    private long? _owed;

    /// <summary>Those that nothing was asked about yet, though they may have been answered.</summary>
    public PendingCommand[] Unasked
    {
        get
        {
            lock (_gate) return [.. _unasked];
        }
    }

    /// <summary>Takes a command that was written just now.</summary>
    /// <returns><see langword="false"/> if there is no replica, so that it needs no confirmation.</returns>
    public bool TryAdd(PendingCommand command)
    {
        lock (_gate)
        {
            if (_hasReplica) _unasked.Add(command);
            return _hasReplica;
        }
    }

    /// <summary>What to send behind the commands that were written; <see langword="null"/> for nothing, or not yet.</summary>
    public PendingReply? Ask(long deadline)
    {
        lock (_gate)
        {
            if (_isAsking || _unasked.Count == 0) return null;
            _isAsking = true;
            PendingCommand[] commands = [.. _unasked];
            _unasked.Clear();
            // Where there is no replica now, there was one when these were sent: they are not taken for confirmed.
            return _isInDoubt || !_hasReplica ? new PendingRole(commands, deadline) : new PendingConfirmation(_wait, commands, deadline);
        }
    }

    /// <summary>A <c>WAIT</c> is over.</summary>
    public void OnWaited(PendingCommand[] commands, bool isConfirmed)
    {
        lock (_gate)
        {
            _isAsking = false;
            _isInDoubt = !isConfirmed;
            _owed = null;
        }
        foreach (var command in commands) command.Confirm(isConfirmed);
    }

    /// <summary>The server says what it is.</summary>
    /// <param name="role">What it says; <see langword="null"/> if it does not.</param>
    /// <param name="commands">Those that wait for the answer.</param>
    public void OnRole(ServerRole? role, PendingCommand[] commands)
    {
        lock (_gate)
        {
            if (commands.Length > 0) _isAsking = false;
            if (role is not null) _hasReplica = role.Replicas > 0;
            if (_isInDoubt) _owed ??= role?.Offset;
            if (role is null || !_hasReplica || role.Confirmed >= _owed) _isInDoubt = false;
            if (_hasReplica && !_isInDoubt)
            {
                _unasked.InsertRange(0, commands);
                commands = [];
            }
        }
        foreach (var command in commands) command.Confirm(false);
    }
}
