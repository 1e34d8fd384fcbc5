using System.Text.Json;
using Arauto.Gateways;
using Arauto.Redis;

namespace Arauto.SocketIo.Cluster;

/// <summary>
/// The protocol of <c>@socket.io/redis-adapter</c> with sharded publishing (<c>createShardedAdapter</c>), over <c>SPUBLISH</c> of Redis 7:
/// everything in one kind of envelope, as JSON, or as MessagePack where there is binary.
/// </summary>
/// <remarks>Written from <see href="https://socket.io/docs/v4/redis-adapter/"/>.</remarks>
internal sealed class ShardedProtocol : IClusterProtocol
{
    /// <summary>By their length servers tell the room of one socket from a room of many.</summary>
    private const int SocketIdLength = 20;

    private readonly string _namespace;
    private readonly SocketSubscriptionMode _mode;
    private readonly NodeMark _mark;
    private readonly string _main;
    private readonly string _own;

    /// <param name="prefix">What all channels begin with: the option <c>channelPrefix</c> of the other servers.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="mode">Which rooms have channels of their own.</param>
    /// <param name="mark">This node.</param>
    public ShardedProtocol(string prefix, string ns, SocketSubscriptionMode mode, NodeMark mark)
    {
        _namespace = ns;
        _mode = mode;
        _mark = mark;
        _main = $"{prefix}#{ns}#";
        _own = $"{_main}{mark.Self}#";
        CountedTopic = RedisTopic.Sharded(_main);
        Topics = [RedisTopic.Sharded(_own), CountedTopic];
        Count = new RedisCommand("PUBSUB", "SHARDNUMSUB", _main);
    }

    /// <summary>The numbers of requests and answers on the wire.</summary>
    private enum Kind
    {
        Broadcast = 3,
        Join = 4,
        Leave = 5,
        Disconnect = 6,
        Sockets = 7,
        SocketsAnswer = 8,
        ServerEvent = 9,
        ServerEventAnswer = 10,
        ClientCount = 11,
        Client = 12,
    }

    /// <inheritdoc/>
    public IReadOnlyList<RedisTopic> Topics { get; }

    /// <inheritdoc/>
    public RedisTopic CountedTopic { get; }

    /// <inheritdoc/>
    public RedisCommand Count { get; }

    /// <inheritdoc/>
    public RedisTopic? TopicOf(string room) => HasChannel(room) ? RedisTopic.Sharded(ChannelOf(room)) : null;

    /// <inheritdoc/>
    public string? RoomOf(string channel) => channel.Length > _main.Length && channel != _own ? channel[_main.Length..^1] : null;

    /// <inheritdoc/>
    public bool IsForAnswers(string channel) => channel == _own;

    /// <inheritdoc/>
    public RedisCommand Encode(ClusterRequest request)
    {
        var isForRoom = request is BroadcastRequest { RequestId: null, To.Rooms: [var only] } && HasChannel(only);
        return Publish(isForRoom ? ChannelOf(((BroadcastRequest)request).To.Rooms[0]) : _main, Write(request).ToPayload());
    }

    /// <inheritdoc/>
    public RedisCommand Encode(ClusterAnswer answer, string requester) => Publish($"{_main}{requester}#", Write(answer).ToPayload());

    /// <inheritdoc/>
    public bool TryDecode(string channel, ReadOnlyMemory<byte> payload, out ClusterMessage? message)
    {
        message = null;
        if (!PeerText.TryRead(payload, out var text)) return false;
        try
        {
            using var document = text.Parse();
            var root = document.RootElement;
            var sender = PeerFields.Text(root, "uid"u8) ?? "";
            if (_mark.IsKnown(sender) || PeerFields.Text(root, "nsp"u8) != _namespace) return true;
            // Other types have no data: servers that find each other by heartbeats may use the same channel.
            if (PeerFields.Number<Kind>(root, "type"u8) is { } kind) message = Read(text, kind, sender, root.GetProperty("data"u8));
            return true;
        }
        catch (Exception e) when (PeerFields.IsMalformed(e))
        {
            return false;
        }
    }

    private static RedisCommand Publish(string channel, ReadOnlyMemory<byte> payload) => new("SPUBLISH", channel, payload);

    private string ChannelOf(string room) => $"{_main}{room}#";

    /// <remarks>A room called as this node is has none: whoever left it would have the node stop listening to its answers.</remarks>
    private bool HasChannel(string room) => room != _mark.Self && _mode switch
    {
        SocketSubscriptionMode.DynamicPrivate => true,
        SocketSubscriptionMode.Dynamic => room.Length != SocketIdLength,
        _ => false,
    };

    private PeerText Write(ClusterRequest request)
    {
        var attachments = request switch
        {
            BroadcastRequest broadcast => broadcast.Arguments.Attachments,
            ServerEventRequest serverEvent => serverEvent.Arguments.Attachments,
            _ => [],
        };
        return PeerText.Write(attachments, json =>
        {
            Begin(json, KindOf(request), request.Sender);
            switch (request)
            {
                case BroadcastRequest broadcast:
                    json.WritePropertyName("packet"u8);
                    PeerFields.WritePacket(json, broadcast.Name, broadcast.Arguments, ns: null);
                    WriteOptions(json, broadcast.To, flags => PeerFields.WriteFlags(flags, broadcast));
                    break;
                case JoinRequest join:
                    WriteOptions(json, join.To);
                    PeerFields.WriteTexts(json, "rooms"u8, join.Rooms);
                    break;
                case LeaveRequest leave:
                    WriteOptions(json, leave.To);
                    PeerFields.WriteTexts(json, "rooms"u8, leave.Rooms);
                    break;
                case DisconnectRequest disconnect:
                    WriteOptions(json, disconnect.To);
                    json.WriteBoolean("close"u8, disconnect.Close);
                    break;
                case SocketsRequest sockets:
                    WriteOptions(json, sockets.To);
                    break;
                case ServerEventRequest serverEvent:
                    json.WritePropertyName("packet"u8);
                    PeerFields.WriteEvent(json, serverEvent.Name, serverEvent.Arguments);
                    break;
            }
            if (request.RequestId is { } id) json.WriteString("requestId"u8, id);
            End(json);
        });
    }

    private PeerText Write(ClusterAnswer answer)
    {
        var attachments = answer switch
        {
            ServerEventAnswer server => server.Value.Attachments,
            ClientAnswer client => client.Value.Attachments,
            _ => [],
        };
        return PeerText.Write(attachments, json =>
        {
            Begin(json, KindOf(answer), _mark.Self);
            json.WriteString("requestId"u8, answer.RequestId);
            switch (answer)
            {
                case SocketsAnswer sockets: PeerFields.WriteSockets(json, sockets); break;
                case ServerEventAnswer server: PeerFields.WriteValue(json, "packet"u8, server.Value); break;
                case ClientCountAnswer count: json.WriteNumber("clientCount"u8, count.Clients); break;
                case ClientAnswer client: PeerFields.WriteValue(json, "packet"u8, client.Value); break;
            }
            End(json);
        });
    }

    private void Begin(Utf8JsonWriter json, Kind kind, string sender)
    {
        json.WriteStartObject();
        json.WriteNumber("type"u8, (int)kind);
        json.WriteString("uid"u8, sender);
        json.WriteString("nsp"u8, _namespace);
        json.WriteStartObject("data"u8);
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, Recipients to, Action<Utf8JsonWriter>? flags = null)
    {
        json.WritePropertyName("opts"u8);
        // The other servers look into the flags without asking whether there are any.
        PeerFields.WriteOptions(json, to, flags ?? (static _ => { }));
    }

    private static Kind KindOf(ClusterMessage message) => message switch
    {
        BroadcastRequest => Kind.Broadcast,
        JoinRequest => Kind.Join,
        LeaveRequest => Kind.Leave,
        DisconnectRequest => Kind.Disconnect,
        SocketsRequest => Kind.Sockets,
        ServerEventRequest => Kind.ServerEvent,
        SocketsAnswer => Kind.SocketsAnswer,
        ServerEventAnswer => Kind.ServerEventAnswer,
        ClientCountAnswer => Kind.ClientCount,
        ClientAnswer => Kind.Client,
        _ => throw new NotSupportedException($"This protocol has no {message.GetType().Name}."),
    };

    private static ClusterMessage? Read(in PeerText text, Kind kind, string sender, JsonElement data)
    {
        var id = PeerFields.Text(data, "requestId"u8);
        switch (kind)
        {
            case Kind.Broadcast: return PeerFields.ReadBroadcast(text, sender, data.GetProperty("packet"u8), data.GetProperty("opts"u8)) is { } broadcast ? broadcast with { RequestId = id } : null;
            case Kind.Join: return new JoinRequest(RecipientsOf(data), PeerFields.Texts(data, "rooms"u8)) { Sender = sender };
            case Kind.Leave: return new LeaveRequest(RecipientsOf(data), PeerFields.Texts(data, "rooms"u8)) { Sender = sender };
            case Kind.Disconnect: return new DisconnectRequest(RecipientsOf(data), PeerFields.Any(data, "close"u8)?.ValueKind == JsonValueKind.True) { Sender = sender };
            case Kind.Sockets: return new SocketsRequest(RecipientsOf(data)) { Sender = sender, RequestId = id };
            case Kind.ServerEvent: return PeerFields.ReadServerEvent(text, sender, data.GetProperty("packet"u8), id);
            case Kind.SocketsAnswer when id is not null: return PeerFields.ReadSockets(text, id, data.GetProperty("sockets"u8));
            case Kind.ServerEventAnswer when id is not null: return new ServerEventAnswer(id, text.ArgumentOf(PeerFields.Any(data, "packet"u8)));
            case Kind.ClientCount when id is not null: return new ClientCountAnswer(id, PeerFields.Count(data, "clientCount"u8));
            case Kind.Client when id is not null: return new ClientAnswer(id, text.ArgumentOf(PeerFields.Any(data, "packet"u8)));
            default: return null;
        }
    }

    private static Recipients RecipientsOf(JsonElement data) => PeerFields.Recipients(data.GetProperty("opts"u8));
}
