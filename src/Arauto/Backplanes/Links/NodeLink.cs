using System.Security.Cryptography;

namespace Arauto.Backplanes.Links;

/// <summary>
/// Records to and from one other node, in order and none lost, over a bus that may lose and double: batches are numbered, kept
/// until the other end says that they have arrived, and sent again if it does not. Safe for concurrent use.
/// </summary>
/// <remarks>
/// <para>One message at a time is on its way to the bus, so that what comes meanwhile is one message too.</para>
/// <para>Each end has an epoch of its own. An end that is given up is not taken up again, and the other one hears of it.</para>
/// </remarks>
internal sealed class NodeLink
{
    /// <summary>The largest record.</summary>
    public const int MaxRecordBytes = 32 * 1024 * 1024;

    /// <summary>How much may be on its way to the other node.</summary>
    private const int WindowBytes = 4 * 1024 * 1024;

    /// <summary>How much may wait altogether, beyond which the other node is given up: it does not take what is for it.</summary>
    private const int MaxWaitingBytes = 128 * 1024 * 1024;

    /// <summary>How much may wait before those who can wait are asked to: so that the rest is left for those who cannot.</summary>
    private const int RoomBytes = 2 * WindowBytes;

    /// <summary>After how many bytes the other end is told at once that they have arrived, instead of with the next tick.</summary>
    private const int TellAfterBytes = WindowBytes / 4;

    private readonly Lock _gate = new();
    private readonly NodeLinks _links;
    private readonly uint _epoch = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
    private readonly LinkPieces _pieces = new();
    private readonly Action<ReadOnlyMemory<byte>> _deliver;

    // Guarded by _gate.
    private readonly LinkBatches _batches = new();
    private readonly Queue<TaskCompletionSource> _waiters = new();
    private bool _aliveOwed;
    private uint _resetOwed;
    private bool _lost;
    private bool _refused;
    private Task _sending = Task.CompletedTask;
    private bool _isSending;
    private int _silentTicks;
    private int _stuckTicks;
    private int _absentTicks;
    private uint _peerEpoch;
    private ulong _expected;
    private int _untoldBytes;

    public NodeLink(NodeLinks links, string node)
    {
        _links = links;
        Node = node;
        _deliver = record => links.Receiver.Received(this, record);
    }

    /// <summary>The other node.</summary>
    public string Node { get; }

    /// <summary>Whether nothing comes or goes any more.</summary>
    public bool IsLost
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    /// <summary>Whether the other node was ever heard.</summary>
    public bool IsKnown
    {
        get
        {
            lock (_gate) return _peerEpoch != 0;
        }
    }

    /// <summary>Whether more may be sent without waiting. True also if the link is lost, which sending tells.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return _lost || (_waiters.Count == 0 && _batches.Bytes < RoomBytes);
        }
    }

    /// <summary>Waits until the other node has taken enough of what waits for it, one after the other. Whoever was let in calls <see cref="LetInNext"/> when it has sent.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lost || (_waiters.Count == 0 && _batches.Bytes < RoomBytes)) return;
            _waiters.Enqueue(waiter);
        }
        using var cancelling = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
        await waiter.Task.ConfigureAwait(false);
    }

    /// <summary>Lets in whoever waits next, if there is room.</summary>
    public void LetInNext()
    {
        lock (_gate)
        {
            // Some do not wait any more.
            while ((_lost || _batches.Bytes < RoomBytes) && _waiters.TryDequeue(out var waiter))
                if (waiter.TrySetResult() && !_lost) return;
        }
    }

    /// <summary>Sends a record behind all that were sent before. Never blocks.</summary>
    /// <param name="record">Not empty, at most <see cref="MaxRecordBytes"/>; must not change any more.</param>
    /// <returns>Whether the link is there. If it is not, or does not stay, the receiver is told.</returns>
    public bool Send(ReadOnlyMemory<byte> record)
    {
        bool full;
        lock (_gate)
        {
            if (_lost) return false;
            full = _batches.Bytes + record.Length > MaxWaitingBytes;
            if (!full)
            {
                _batches.Add(record);
                Start();
            }
        }
        if (full) GiveUp("too much waits for it");
        return !full;
    }

    /// <summary>A second has passed.</summary>
    public void Tick()
    {
        string? reason = null;
        lock (_gate)
        {
            if (++_silentTicks > NodeLinks.SilenceTicks) reason = "it is silent";
            else if (_absentTicks > NodeLinks.AbsenceTicks) reason = "it is not there any more";
            _stuckTicks = _batches.IsWaitingForArrival ? _stuckTicks + 1 : 0;
            if (_refused || _stuckTicks >= NodeLinks.ResendTicks) Rewind();
            _aliveOwed = true;
            Start();
        }
        LetInNext();
        if (reason is not null) GiveUp(reason);
    }

    /// <summary>Takes a message of the other node. One at a time.</summary>
    /// <returns><see langword="false"/> if it belongs to another life of the link than this.</returns>
    public bool Take(LinkHeader header, ReadOnlyMemory<byte> pieces)
    {
        bool isNext;
        lock (_gate)
        {
            if (_lost) return false;
            if (_peerEpoch != header.Epoch && (_peerEpoch != 0 || header.Number != 0)) return false;
            _peerEpoch = header.Epoch;
            _silentTicks = _absentTicks = 0;
            if (header.PeerEpoch == _epoch && _batches.Arrived(header.Expected))
            {
                _stuckTicks = 0;
                Start();
                LetInNext();
            }
            isNext = header.Type == LinkMessageType.Batch && header.Number == _expected;
            // One that comes again was not known to have arrived; one that is missing comes again by itself.
            if (header.Type == LinkMessageType.Batch && header.Number < _expected) TellArrival();
        }
        if (!isNext) return true;
        if (!_pieces.TryTake(pieces, _deliver))
        {
            GiveUp("it says what makes no sense");
            return true;
        }
        lock (_gate)
        {
            _expected++;
            _untoldBytes += pieces.Length;
            if (_untoldBytes >= TellAfterBytes) TellArrival();
        }
        return true;
    }

    /// <summary>Whether this end is the one that the other node does not know any more.</summary>
    public bool IsEnd(uint epoch) => epoch == _epoch;

    /// <summary>Tells the other node that its end is not known here.</summary>
    public void Refuse(uint epoch)
    {
        lock (_gate)
        {
            _resetOwed = epoch;
            Start();
        }
    }

    /// <summary>Tells the other node, behind all that waits, that this end goes.</summary>
    /// <returns>Completes when it is told, or cannot be.</returns>
    public Task SayGoodbyeAsync()
    {
        lock (_gate)
        {
            _resetOwed = _peerEpoch;
            Start();
            return _sending;
        }
    }

    /// <summary>Ends the link. Idempotent.</summary>
    public void GiveUp(string reason)
    {
        lock (_gate)
        {
            if (_lost) return;
            _lost = true;
        }
        LetInNext();
        _links.Forget(this, reason);
    }

    private void TellArrival()
    {
        _aliveOwed = true;
        Start();
    }

    private void Rewind()
    {
        _batches.Rewind();
        _refused = false;
        _stuckTicks = 0;
    }

    private void Start()
    {
        if (_isSending || _lost || _refused) return;
        _isSending = true;
        _sending = SendAsync();
    }

    private async Task SendAsync()
    {
        // The caller holds a lock, and the bus is others' code.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (TakeNext() is { } message)
        {
            if (await _links.SendAsync(Node, message).ConfigureAwait(false)) continue;
            await RefusedAsync().ConfigureAwait(false);
            return;
        }
    }

    /// <summary>The bus did not take a message: the next tick tries again. A node of which nothing was ever heard is not waited for.</summary>
    private async ValueTask RefusedAsync()
    {
        var isKnown = IsKnown;
        var isAbsent = isKnown && await _links.IsBusWorkingAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _refused = true;
            _isSending = false;
            if (isAbsent) _absentTicks++;
        }
        if (!isKnown) GiveUp("there is no such node");
    }

    /// <summary>The next message, or <see langword="null"/> if there is none; then sending has ended.</summary>
    private byte[]? TakeNext()
    {
        lock (_gate)
        {
            if (!_lost && TakeOwed() is { } message) return message;
            _isSending = false;
            return null;
        }
    }

    private byte[]? TakeOwed()
    {
        if (_batches.TryTake(_batches.KeptBytes < WindowBytes, out var number, out var pieces))
        {
            var message = new byte[LinkHeader.Bytes + pieces.Length];
            Header(LinkMessageType.Batch, number).Write(message);
            pieces.CopyTo(message, LinkHeader.Bytes);
            return message;
        }
        if (_resetOwed is not 0 and var epoch)
        {
            _resetOwed = 0;
            return new LinkHeader(LinkMessageType.Reset, epoch, 0, 0, 0).ToMessage();
        }
        return _aliveOwed ? Header(LinkMessageType.Alive, _batches.FirstKept).ToMessage() : null;
    }

    /// <summary>The header of a message that also says what has arrived.</summary>
    private LinkHeader Header(LinkMessageType type, ulong number)
    {
        _aliveOwed = false;
        _untoldBytes = 0;
        return new LinkHeader(type, _epoch, number, _peerEpoch, _expected);
    }
}
