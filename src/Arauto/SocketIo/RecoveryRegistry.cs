using System.Diagnostics.CodeAnalysis;

namespace Arauto.SocketIo;

/// <summary>Sockets that can recover, by their secret: those that are there, and for a while those that have gone. Safe for concurrent use.</summary>
/// <remarks>No timer: all wait equally long, so with whoever comes or goes those are forgotten whose time is over. At the bound the one that went first is forgotten.</remarks>
internal sealed class RecoveryRegistry(int maxAway, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SocketState> _present = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AwaySocket> _away = new(StringComparer.Ordinal);
    private readonly Queue<AwaySocket> _order = new();

    /// <summary>How many are away.</summary>
    public int Away
    {
        get
        {
            lock (_gate) return _away.Count;
        }
    }

    /// <summary>A socket is there.</summary>
    public void Add(SocketState socket)
    {
        lock (_gate)
        {
            Forget(maxAway);
            _present[socket.RecoveryId!] = socket;
        }
    }

    /// <summary>A socket has gone for good.</summary>
    public void Remove(SocketState socket)
    {
        lock (_gate)
            if (_present.TryGetValue(socket.RecoveryId!, out var known) && known == socket) _present.Remove(socket.RecoveryId!);
    }

    /// <summary>A socket has gone and may come back.</summary>
    public void Park(SocketState socket, AwaySocket away)
    {
        lock (_gate)
        {
            // A later connection of the same socket is there already, or has been: this one's news is old.
            if (!_present.TryGetValue(away.RecoveryId, out var known) || known != socket) return;
            _present.Remove(away.RecoveryId);
            Forget(maxAway - 1);
            _away[away.RecoveryId] = away;
            _order.Enqueue(away);
        }
    }

    /// <summary>The socket of a secret that is still there, as its end was not noticed yet.</summary>
    public bool TryFindPresent(string recoveryId, string ns, string? user, [NotNullWhen(true)] out SocketState? socket)
    {
        lock (_gate)
            return _present.TryGetValue(recoveryId, out socket) && socket.Namespace.Name == ns && (user is null ? socket.IsAnonymous : socket.Identity.User == user);
    }

    /// <summary>Takes a socket that is away; only one client can.</summary>
    public bool TryTake(string recoveryId, string ns, string? user, [NotNullWhen(true)] out AwaySocket? away)
    {
        lock (_gate)
        {
            if (!_away.TryGetValue(recoveryId, out away) || away.Namespace != ns || away.User != user || away.Until <= time.GetTimestamp()) return false;
            _away.Remove(recoveryId);
            return true;
        }
    }

    /// <summary>Forgets those whose time is over, those that came back, and what is above the bound.</summary>
    private void Forget(int most)
    {
        var now = time.GetTimestamp();
        while (_order.TryPeek(out var oldest) && (oldest.Until <= now || _away.Count > most || !IsCurrent(oldest)))
        {
            _order.Dequeue();
            if (IsCurrent(oldest)) _away.Remove(oldest.RecoveryId);
        }
    }

    private bool IsCurrent(AwaySocket away) => _away.TryGetValue(away.RecoveryId, out var known) && ReferenceEquals(known, away);
}
