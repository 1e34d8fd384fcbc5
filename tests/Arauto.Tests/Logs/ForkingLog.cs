using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Tests.Logs;

/// <summary>A log in memory whose channels can lose their newest messages and go on in another epoch, as one does whose server fails over.</summary>
internal sealed class ForkingLog : IChannelLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, State> _channels = new(StringComparer.Ordinal);
    private readonly Epoch _base = Epoch.Create();

    /// <summary>Loses what is above an offset; the next append is in a new epoch that continues the old one.</summary>
    public void Fork(string channel, long surviving)
    {
        lock (_lock)
        {
            var state = _channels[channel];
            state.Messages.RemoveRange((int)surviving, state.Messages.Count - (int)surviving);
            state.Past.Add(new Position(state.Epoch, surviving));
            state.Epoch = Epoch.Create();
        }
    }

    public ValueTask<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_channels.TryGetValue(request.Channel, out var state)) _channels.Add(request.Channel, state = new State { Epoch = _base });
            var message = new MessageFrame
            {
                Channel = request.Channel,
                Event = request.Event,
                Data = request.Data,
                Timestamp = request.Timestamp,
                Id = request.Id,
                From = request.From,
                Position = new Position(state.Epoch, state.Messages.Count + 1),
            };
            state.Messages.Add(message);
            return ValueTask.FromResult(new AppendResult(request.Id, message.Position, request.CorrelationId, IsDuplicate: false, IsDurable: true));
        }
    }

    public ValueTask<LogPage> ReadAfterAsync(string channel, long after, int limit, CancellationToken cancellationToken) =>
        Read(channel, messages => messages.Where(message => message.Position.Offset > after).Take(limit));

    public ValueTask<LogPage> ReadBeforeAsync(string channel, long before, int limit, CancellationToken cancellationToken) =>
        Read(channel, messages => messages.Where(message => message.Position.Offset < before).TakeLast(limit));

    public ValueTask<Position[]> ReadTopsAsync(IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        lock (_lock)
            return ValueTask.FromResult(channels.Select(channel => _channels.TryGetValue(channel, out var state) ? new Position(state.Epoch, state.Messages.Count) : new Position(_base, 0)).ToArray());
    }

    public ValueTask ResetAsync(string channel, CancellationToken cancellationToken)
    {
        lock (_lock) _channels[channel] = new State { Epoch = Epoch.Create() };
        return ValueTask.CompletedTask;
    }

    private ValueTask<LogPage> Read(string channel, Func<IEnumerable<MessageFrame>, IEnumerable<MessageFrame>> choose)
    {
        lock (_lock)
        {
            if (!_channels.TryGetValue(channel, out var state)) return ValueTask.FromResult(new LogPage(_base, 1, 0, []));
            // The epoch of all messages of a page is that of the page, also of those from before a fork.
            var messages = choose(state.Messages).Select(message => In(state.Epoch, message)).ToList();
            return ValueTask.FromResult(new LogPage(state.Epoch, 1, state.Messages.Count, messages) { Past = [.. state.Past], Beginnings = new EpochRange(_base, _base) });
        }
    }

    private static MessageFrame In(Epoch epoch, MessageFrame message) => new()
    {
        Channel = message.Channel,
        Event = message.Event,
        Data = message.Data,
        Timestamp = message.Timestamp,
        Id = message.Id,
        From = message.From,
        Position = message.Position with { Epoch = epoch },
    };

    private sealed class State
    {
        public required Epoch Epoch { get; set; }

        public List<MessageFrame> Messages { get; } = [];

        public List<Position> Past { get; } = [];
    }
}
