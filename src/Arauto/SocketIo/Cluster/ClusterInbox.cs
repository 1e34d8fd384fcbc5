namespace Arauto.SocketIo.Cluster;

/// <summary>
/// What other nodes said and this one has still to do, one after the other and off the thread that reads. Idle it owns no
/// task. Bounded in bytes: at the bound a message is refused, since its sender does not wait for us. Safe for concurrent use.
/// </summary>
/// <param name="maxBytes">The bound.</param>
/// <param name="handle">Does the work. Must not throw.</param>
internal sealed class ClusterInbox(long maxBytes, Func<string, ReadOnlyMemory<byte>, ValueTask> handle)
{
    /// <summary>What an entry costs besides its message.</summary>
    private const int EntryBytes = 64;

    private readonly Lock _gate = new();
    private readonly Queue<(string Channel, ReadOnlyMemory<byte> Payload)> _waiting = new();
    private long _bytes;
    private bool _running;

    /// <summary>Adds a message.</summary>
    /// <returns><see langword="false"/> if there is no room for it.</returns>
    public bool TryAdd(string channel, ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            if (_bytes + payload.Length + EntryBytes > maxBytes) return false;
            _bytes += payload.Length + EntryBytes;
            _waiting.Enqueue((channel, payload));
            if (_running) return true;
            _running = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static inbox => inbox.Run(), this, preferLocal: false);
        return true;
    }

    private void Run() => _ = RunAsync();

    private async Task RunAsync()
    {
        while (true)
        {
            (string Channel, ReadOnlyMemory<byte> Payload) next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _running = false;
                    return;
                }
                _bytes -= next.Payload.Length + EntryBytes;
            }
            await handle(next.Channel, next.Payload).ConfigureAwait(false);
        }
    }
}
