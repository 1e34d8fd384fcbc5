using System.Collections.Concurrent;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Gateways;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Protocols.SocketIo;
using Arauto.Publishing;
using Arauto.SocketIo.Cluster;

namespace Arauto.SocketIo;

/// <summary>One namespace on this node: its sockets, and the way of its events into the channels of the rooms. The other part: Cluster (sockets of all nodes). Safe for concurrent use.</summary>
internal sealed partial class SocketNamespace
{
    /// <summary>The bytes that an event may have at least; the field's default for a payload. In a room with a rule <c>limits.messageBytes</c> holds besides, as for everybody.</summary>
    private const int EventBytes = 1_000_000;

    private readonly ConcurrentDictionary<string, SocketState> _sockets = new(StringComparer.Ordinal);
    private readonly NodeServices _node;
    private readonly MessageEnvelope _plain;
    private readonly int _maxBytes;

    public SocketNamespace(NamespaceDefinition definition, NodeServices node, SocketClusters clusters)
    {
        Definition = definition;
        _node = node;
        _maxBytes = Math.Max(EventBytes, node.Options.Limits.MessageBytes);
        _plain = new MessageEnvelope { Namespace = definition.Name };
        AllChannel = RoomName.OfAll(definition.Name);
        Plain = new SocketIoCodec(definition.Name, recovers: false);
        Recovering = new SocketIoCodec(definition.Name, recovers: true);
        Cluster = clusters.Create(this);
    }

    public string Name => Definition.Name;

    /// <summary>The application's code.</summary>
    public NamespaceDefinition Definition { get; }

    public TimeProvider Time => _node.Time;

    /// <summary>The channel of all its sockets.</summary>
    public string AllChannel { get; }

    /// <summary>What sockets speak that do not recover.</summary>
    public SocketIoCodec Plain { get; }

    /// <summary>What sockets speak that recover.</summary>
    public SocketIoCodec Recovering { get; }

    public void Add(SocketState socket)
    {
        _sockets[socket.Id] = socket;
        socket.Count();
    }

    public void Remove(SocketState socket)
    {
        if (_sockets.TryRemove(KeyValuePair.Create(socket.Id, socket))) socket.Discount();
    }

    /// <summary>The channel of a room.</summary>
    public string ChannelOf(string room) => RoomName.ChannelOf(Name, room, _node.Rules);

    /// <summary>The rule of a room's channel.</summary>
    public ChannelRule RuleOf(string channel) => _node.Rules.TryFind(channel, out var rule)
        ? rule
        : throw new InvalidOperationException($"The configuration has no rule for \"{RoomName.Prefix}\" under \"channels\"; rooms live there.");

    /// <summary>The channels to emit to: all sockets if no room is named.</summary>
    public IReadOnlyList<string> ChannelsOf(IReadOnlyList<string> rooms) => rooms.Count == 0 ? [AllChannel] : RoomChannelsOf(rooms);

    /// <summary>The channels of rooms, each once.</summary>
    public IReadOnlyList<string> RoomChannelsOf(IReadOnlyList<string> rooms) => rooms.Count switch
    {
        0 => [],
        1 => [ChannelOf(rooms[0])],
        _ => [.. rooms.Select(ChannelOf).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>Checks an event's name and writes its arguments.</summary>
    public EventArguments Arguments(string name, ReadOnlySpan<object?> args)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (ReservedEvents.Contains(name)) throw new ArgumentException($"\"{name}\" is an event of the protocol itself; choose another name.", nameof(name));
        return EventArguments.From(args, Definition.Options.Json);
    }

    /// <summary>Emits an event into its channels.</summary>
    public ValueTask EmitAsync(in Emission emission)
    {
        if (FindExcess(emission.Name, emission.Arguments, emission.Channels.Count, emission.Except.Count) is { } excess) throw new EmitRefusedException(excess);
        var data = MessageArguments.DataOf(emission.Arguments);
        var envelope = EnvelopeOf(emission);
        if ((emission.Flags & (EmitFlags.Volatile | EmitFlags.Local)) != 0)
        {
            EmitEphemeral(emission, data, envelope);
            Broadcast(emission);
            return ValueTask.CompletedTask;
        }
        var publish = emission.Channels.Count == 1 ? PublishAsync(emission.Name, emission.Channels[0], data, envelope) : PublishAllAsync(emission, data, envelope);
        return Cluster.HasForeigners ? BroadcastBehindAsync(publish, emission) : publish;
    }

    /// <summary>The sockets in any of the rooms and in none of the excepted ones.</summary>
    public List<SocketState> Find(IReadOnlyList<string> rooms, IReadOnlyList<string> except)
    {
        var found = new List<SocketState>();
        if (rooms.Count == 1 && _sockets.TryGetValue(rooms[0], out var one) && one.IsIn(rooms[0]))
        {
            if (!except.Any(one.IsIn)) found.Add(one);
            return found;
        }
        foreach (var socket in _sockets.Values)
            if ((rooms.Count == 0 || rooms.Any(socket.IsIn)) && !except.Any(socket.IsIn)) found.Add(socket);
        return found;
    }

    /// <summary>What could not be taken here is not told elsewhere either.</summary>
    private async ValueTask BroadcastBehindAsync(ValueTask publish, Emission emission)
    {
        await publish.ConfigureAwait(false);
        Broadcast(emission);
    }

    private void Broadcast(in Emission emission)
    {
        if (emission.To is { } to && (emission.Flags & EmitFlags.Local) == 0) Cluster.Broadcast(new BroadcastRequest(emission.Name, emission.Arguments, to, emission.Flags));
    }

    private MessageEnvelope EnvelopeOf(in Emission emission)
    {
        var isDataOnly = MessageArguments.IsDataOnly(emission.Arguments);
        var isUncompressed = (emission.Flags & EmitFlags.Uncompressed) != 0;
        if (isDataOnly && emission.Except.Count == 0 && !isUncompressed) return _plain;
        return new MessageEnvelope
        {
            Namespace = Name,
            Arguments = isDataOnly ? default : emission.Arguments.Json,
            Attachments = emission.Arguments.Attachments,
            Except = emission.Except,
            IsUncompressed = isUncompressed,
        };
    }

    private async ValueTask PublishAllAsync(Emission emission, ReadOnlyMemory<byte> data, MessageEnvelope envelope)
    {
        // One array for all: each message has those in front of its own, which do not change any more.
        var places = new KeyValuePair<string, Position>[emission.Channels.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var channel = emission.Channels[i];
            var position = await AppendAsync(emission.Name, channel, data, EnvelopeBehind(envelope, places, i)).ConfigureAwait(false);
            places[i] = KeyValuePair.Create(channel, position);
        }
    }

    private ValueTask PublishAsync(string name, string channel, ReadOnlyMemory<byte> data, MessageEnvelope envelope)
    {
        var append = AppendAsync(name, channel, data, envelope);
        if (!append.IsCompletedSuccessfully) return new ValueTask(append.AsTask());
        _ = append.GetAwaiter().GetResult();
        return ValueTask.CompletedTask;
    }

    private ValueTask<Position> AppendAsync(string name, string channel, ReadOnlyMemory<byte> data, MessageEnvelope envelope)
    {
        var rule = RuleOf(channel);
        if (Check(name, channel, data.Length + envelope.Size) is { } invalid) throw new EmitRefusedException(invalid);
        var request = new PublishRequest { Channel = channel, Event = name, Data = data, Envelope = envelope };
        var publish = _node.Publisher.PublishAsync(request, rule, CancellationToken.None);
        return publish.IsCompletedSuccessfully ? ValueTask.FromResult(PositionOf(publish.GetAwaiter().GetResult())) : FinishAsync(publish);
    }

    /// <summary>Yielding: the log completes on the thread that commits, where a handler has no business.</summary>
    private static async ValueTask<Position> FinishAsync(ValueTask<PublishResult> publish) =>
        PositionOf(await publish.AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding));

    private static Position PositionOf(in PublishResult result) => result.IsPublished ? result.Outcome.Position : throw new EmitRefusedException(result.Error);

    /// <summary>What a room's rule has against an event, as its log keeps it.</summary>
    private ProtocolError? Check(string name, string channel, int bytes)
    {
        if (channel.StartsWith(RoomName.Prefix, StringComparison.Ordinal)) return null;
        if (ReservedWords.CheckEvent(name) is { } invalid) return invalid;
        var limit = _node.Options.Limits.MessageBytes;
        return bytes <= limit ? null : new ProtocolError(ErrorCode.TooLarge, $"The event \"{name}\" has {bytes} bytes; in \"{channel}\" at most {limit} are taken (limits.messageBytes).");
    }

    /// <summary>What an event has more of than any room takes. Its bytes are those of its arguments, however often a log keeps them.</summary>
    private ProtocolError? FindExcess(string name, EventArguments arguments, int rooms, int excepted)
    {
        var bytes = arguments.Json.Length + arguments.Attachments.Sum(attachment => (long)attachment.Length);
        if (bytes > _maxBytes) return new ProtocolError(ErrorCode.TooLarge, $"The event \"{name}\" has {bytes} bytes; at most {_maxBytes} are taken.");
        var most = Math.Max(arguments.Attachments.Count, Math.Max(rooms, excepted));
        return most <= MessageEnvelope.MaxItems
            ? null
            : new ProtocolError(ErrorCode.TooLarge, $"The event \"{name}\" has {arguments.Attachments.Count} binary values, {rooms} rooms and {excepted} excepted ones; at most {MessageEnvelope.MaxItems} of each are taken.");
    }

    private static MessageEnvelope EnvelopeBehind(MessageEnvelope envelope, KeyValuePair<string, Position>[] places, int count) =>
        count == 0 ? envelope : envelope.Behind(new ArraySegment<KeyValuePair<string, Position>>(places, 0, count));

    private void EmitEphemeral(in Emission emission, ReadOnlyMemory<byte> data, MessageEnvelope envelope)
    {
        // Without places: whoever is in one of the earlier channels has got it there.
        KeyValuePair<string, Position>[] places = [.. emission.Channels.Select(channel => KeyValuePair.Create(channel, default(Position)))];
        for (var i = 0; i < places.Length; i++)
        {
            var frame = new EphemeralEventFrame
            {
                Channel = emission.Channels[i],
                Event = emission.Name,
                Data = data,
                Envelope = EnvelopeBehind(envelope, places, i),
                MayDrop = (emission.Flags & EmitFlags.Volatile) != 0,
            };
            if ((emission.Flags & EmitFlags.Local) != 0) _node.Feeds.PostEphemeralHere(frame.Channel, frame, except: null);
            else _node.Feeds.PostEphemeral(frame.Channel, frame, except: null);
        }
    }
}
