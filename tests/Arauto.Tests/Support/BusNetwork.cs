using System.Threading.Channels;
using Arauto.Backplanes;

namespace Arauto.Tests.Support;

/// <summary>Joins the nodes of a process, as badly as a test wants.</summary>
internal sealed class BusNetwork : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bus> _buses = [];

    /// <summary>Whether nobody reaches anybody.</summary>
    public bool IsDown { get; set; }

    /// <summary>What becomes of a message on its way to a node: so often it arrives.</summary>
    public Func<string, int> Copies { get; set; } = _ => 1;

    /// <summary>How many messages were sent to nodes that are there.</summary>
    public int Sent { get; private set; }

    public INodeBus Join(string name)
    {
        var bus = new Bus(this, name);
        lock (_gate) _buses.Add(name, bus);
        return bus;
    }

    /// <summary>A node is gone, as one that is killed.</summary>
    public void Remove(string name)
    {
        lock (_gate)
            if (_buses.Remove(name, out var bus)) bus.Inbox.Writer.Complete();
    }

    /// <summary>Waits until everything that was sent is delivered.</summary>
    public Task DeliveredAsync() => Eventually.TrueAsync("everything is delivered", () =>
    {
        lock (_gate) return _buses.Values.All(bus => bus.Waiting == 0);
    });

    public async ValueTask DisposeAsync()
    {
        Bus[] buses;
        lock (_gate) buses = [.. _buses.Values];
        foreach (var bus in buses) Remove(bus.Self);
        foreach (var bus in buses) await Eventually.EndsAsync("delivering", bus.Delivering);
    }

    private bool Send(string node, NodeMessage message)
    {
        lock (_gate)
        {
            if (IsDown || !_buses.ContainsKey(message.Sender) || !_buses.TryGetValue(node, out var bus)) return false;
            Sent++;
            for (var copies = node == message.Sender ? 1 : Copies(node); copies > 0; copies--)
            {
                Interlocked.Increment(ref bus.Waiting);
                bus.Inbox.Writer.TryWrite(message);
            }
            return true;
        }
    }

    private sealed class Bus : INodeBus
    {
        public int Waiting;

        private readonly BusNetwork _network;
        private readonly Dictionary<NodeMessageKind, Action<NodeMessage>> _handlers = [];

        public Bus(BusNetwork network, string name)
        {
            _network = network;
            Self = name;
            Delivering = Task.Run(DeliverAsync);
        }

        // The links find out by themselves.
        public event Action? Missed
        {
            add { }
            remove { }
        }

        public string Self { get; }

        public Channel<NodeMessage> Inbox { get; } = Channel.CreateUnbounded<NodeMessage>();

        public Task Delivering { get; }

        public void Handle(NodeMessageKind kind, Action<NodeMessage> handler) => _handlers[kind] = handler;

        // The body is copied, as a wire does it.
        public ValueTask<bool> SendAsync(string node, NodeMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_network.Send(node, new NodeMessage(kind, Self, body.ToArray())));

        public ValueTask<bool> BroadcastAsync(NodeMessageKind kind, ReadOnlyMemory<byte> body)
        {
            string[] others;
            lock (_network._gate) others = [.. _network._buses.Keys.Where(name => name != Self)];
            return ValueTask.FromResult(others.All(other => _network.Send(other, new NodeMessage(kind, Self, body.ToArray()))));
        }

        private async Task DeliverAsync()
        {
            await foreach (var message in Inbox.Reader.ReadAllAsync())
            {
                if (_handlers.TryGetValue(message.Kind, out var handler)) handler(message);
                Interlocked.Decrement(ref Waiting);
            }
        }
    }
}
