using System.Text.Json;
using Arauto.MessagePack;
using Arauto.Redis;

namespace Arauto.SocketIo.Cluster;

/// <summary>
/// The protocol of <c>@socket.io/redis-adapter</c> (<c>createAdapter</c>) and of <c>@socket.io/redis-emitter</c>, over <c>PUBLISH</c>:
/// events on a channel per room, as MessagePack; requests and answers on channels of their own, as JSON or MessagePack.
/// </summary>
/// <remarks>
/// Unlike servers on Node.js, this one carries joining, leaving and ending out for its own sockets itself, and not when its
/// request comes back; so these work while Redis is away, too. Written from <see href="https://socket.io/docs/v4/redis-adapter/"/>.
/// </remarks>
internal sealed class ClassicProtocol : IClusterProtocol
{
    private readonly string _namespace;
    private readonly NodeMark _mark;
    private readonly string _broadcasts;
    private readonly string _requests;
    private readonly string _answers;
    private readonly string _ownAnswers;

    /// <param name="key">What all channels begin with: the option <c>key</c> of the other servers.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="mark">This node.</param>
    /// <param name="hearsEvents">Whether other servers emit to this one over Redis; without such a node needs no right to a pattern of channels.</param>
    public ClassicProtocol(string key, string ns, NodeMark mark, bool hearsEvents = true)
    {
        _namespace = ns;
        _mark = mark;
        _broadcasts = $"{key}#{ns}#";
        _requests = $"{key}-request#{ns}#";
        _answers = $"{key}-response#{ns}#";
        _ownAnswers = $"{_answers}{mark.Self}#";
        CountedTopic = RedisTopic.Exact(_requests);
        RedisTopic[] events = hearsEvents ? [RedisTopic.Pattern(Literally(_broadcasts) + "*")] : [];
        Topics = [.. events, RedisTopic.Exact(_answers), RedisTopic.Exact(_ownAnswers), CountedTopic];
        Count = new RedisCommand("PUBSUB", "NUMSUB", _requests);
    }

    /// <summary>The numbers of requests and answers on the wire.</summary>
    private enum Kind
    {
        SocketIds = 0,
        Rooms = 1,
        Join = 2,
        Leave = 3,
        Disconnect = 4,
        Sockets = 5,
        ServerEvent = 6,
        Broadcast = 7,
        ClientCount = 8,
        Client = 9,
    }

    /// <inheritdoc/>
    public IReadOnlyList<RedisTopic> Topics { get; }

    /// <inheritdoc/>
    public RedisTopic CountedTopic { get; }

    /// <inheritdoc/>
    public RedisCommand Count { get; }

    /// <inheritdoc/>
    /// <remarks>A node gets the events of all rooms, and leaves out those that nobody here is in.</remarks>
    public RedisTopic? TopicOf(string room) => null;

    /// <inheritdoc/>
    public string? RoomOf(string channel) =>
        channel.Length > _broadcasts.Length && channel.StartsWith(_broadcasts, StringComparison.Ordinal) && channel.EndsWith('#') ? channel[_broadcasts.Length..^1] : null;

    /// <inheritdoc/>
    public bool IsForAnswers(string channel) => channel == _answers || channel == _ownAnswers;

    /// <inheritdoc/>
    public RedisCommand Encode(ClusterRequest request) => request is BroadcastRequest { RequestId: null } broadcast
        ? Publish(ChannelOf(broadcast.To), Write(broadcast).ToMessagePack())
        : Publish(_requests, request is BroadcastRequest asking ? WriteAsking(asking).ToMessagePack() : Write(request).ToPayload());

    /// <inheritdoc/>
    /// <remarks>On the channel of all: there is no node that does not listen to it.</remarks>
    public RedisCommand Encode(ClusterAnswer answer, string requester) => Publish(_answers, answer is ClientAnswer ? Write(answer).ToMessagePack() : Write(answer).ToPayload());

    /// <inheritdoc/>
    public bool TryDecode(string channel, ReadOnlyMemory<byte> payload, out ClusterMessage? message)
    {
        message = null;
        var isBroadcast = channel.StartsWith(_broadcasts, StringComparison.Ordinal);
        if (isBroadcast && IsKnown(payload)) return true;
        if (!PeerText.TryRead(payload, out var text)) return false;
        try
        {
            using var document = text.Parse();
            var root = document.RootElement;
            if (isBroadcast) message = ReadBroadcast(text, root);
            else message = channel == _requests ? ReadRequest(text, root) : ReadAnswer(text, root);
            return true;
        }
        catch (Exception e) when (PeerFields.IsMalformed(e))
        {
            return false;
        }
    }

    private static RedisCommand Publish(string channel, ReadOnlyMemory<byte> payload) => new("PUBLISH", channel, payload);

    /// <summary>A name as a pattern that matches nothing else.</summary>
    private static string Literally(string name) => string.Concat(name.Select(c => c is '*' or '?' or '[' or ']' or '\\' ? $"\\{c}" : $"{c}"));

    private string ChannelOf(Recipients to) => to.Rooms.Count == 1 ? $"{_broadcasts}{to.Rooms[0]}#" : _broadcasts;

    private static PeerText Write(BroadcastRequest request, string ns) => PeerText.Write(request.Arguments.Attachments, json =>
    {
        json.WriteStartArray();
        json.WriteStringValue(request.Sender);
        PeerFields.WritePacket(json, request.Name, request.Arguments, ns);
        PeerFields.WriteOptions(json, request.To, flags => PeerFields.WriteFlags(flags, request));
        json.WriteEndArray();
    });

    private PeerText Write(BroadcastRequest request) => Write(request, _namespace);

    private PeerText WriteAsking(BroadcastRequest request) => PeerText.Write(request.Arguments.Attachments, json =>
    {
        Begin(json, request, Kind.Broadcast);
        json.WritePropertyName("packet"u8);
        PeerFields.WritePacket(json, request.Name, request.Arguments, _namespace);
        json.WritePropertyName("opts"u8);
        PeerFields.WriteOptions(json, request.To, flags => PeerFields.WriteFlags(flags, request));
        json.WriteEndObject();
    });

    private static PeerText Write(ClusterRequest request) => PeerText.Write(request is ServerEventRequest { Arguments.Attachments: var attachments } ? attachments : [], json =>
    {
        switch (request)
        {
            case JoinRequest join:
                Begin(json, join, Kind.Join, join.To);
                PeerFields.WriteTexts(json, "rooms"u8, join.Rooms);
                break;
            case LeaveRequest leave:
                Begin(json, leave, Kind.Leave, leave.To);
                PeerFields.WriteTexts(json, "rooms"u8, leave.Rooms);
                break;
            case DisconnectRequest disconnect:
                Begin(json, disconnect, Kind.Disconnect, disconnect.To);
                json.WriteBoolean("close"u8, disconnect.Close);
                break;
            case SocketsRequest sockets:
                Begin(json, sockets, Kind.Sockets, sockets.To);
                break;
            case ServerEventRequest serverEvent:
                Begin(json, serverEvent, Kind.ServerEvent);
                json.WritePropertyName("data"u8);
                PeerFields.WriteEvent(json, serverEvent.Name, serverEvent.Arguments);
                break;
            default:
                throw new NotSupportedException($"{request.GetType().Name} is answered here, and not asked.");
        }
        json.WriteEndObject();
    });

    private static void Begin(Utf8JsonWriter json, ClusterRequest request, Kind kind, Recipients? to = null)
    {
        json.WriteStartObject();
        json.WriteString("uid"u8, request.Sender);
        if (request.RequestId is { } id) json.WriteString("requestId"u8, id);
        json.WriteNumber("type"u8, (int)kind);
        if (to is null) return;
        json.WritePropertyName("opts"u8);
        PeerFields.WriteOptions(json, to, flags: null);
    }

    private static PeerText Write(ClusterAnswer answer) => PeerText.Write(AttachmentsOf(answer), json =>
    {
        json.WriteStartObject();
        if (KindOf(answer) is { } kind) json.WriteNumber("type"u8, (int)kind);
        json.WriteString("requestId"u8, answer.RequestId);
        switch (answer)
        {
            case SocketIdsAnswer ids: PeerFields.WriteTexts(json, "sockets"u8, ids.Ids); break;
            case RoomsAnswer rooms: PeerFields.WriteTexts(json, "rooms"u8, rooms.Rooms); break;
            case SocketsAnswer sockets: PeerFields.WriteSockets(json, sockets); break;
            case ServerEventAnswer server: PeerFields.WriteValue(json, "data"u8, server.Value); break;
            case ClientCountAnswer count: json.WriteNumber("clientCount"u8, count.Clients); break;
            case ClientAnswer client: PeerFields.WriteValue(json, "packet"u8, client.Value); break;
        }
        json.WriteEndObject();
    });

    private static IReadOnlyList<ReadOnlyMemory<byte>> AttachmentsOf(ClusterAnswer answer) => answer switch
    {
        ServerEventAnswer server => server.Value.Attachments,
        ClientAnswer client => client.Value.Attachments,
        _ => [],
    };

    private static Kind? KindOf(ClusterAnswer answer) => answer switch
    {
        ServerEventAnswer => Kind.ServerEvent,
        ClientCountAnswer => Kind.ClientCount,
        ClientAnswer => Kind.Client,
        _ => null,
    };

    /// <summary>Looks at the sender alone, so that a node does not read what it gets otherwise.</summary>
    private bool IsKnown(ReadOnlyMemory<byte> payload)
    {
        var reader = new MessagePackReader(payload);
        return reader.TryRead(out var array) && array.Kind == MessagePackKind.Array && reader.TryRead(out var sender) && sender.Kind == MessagePackKind.Text
            && _mark.IsKnown(System.Text.Encoding.UTF8.GetString(sender.Bytes.Span));
    }

    private BroadcastRequest? ReadBroadcast(in PeerText text, JsonElement root)
    {
        var (sender, packet) = (root[0].GetString() ?? "", root[1]);
        return IsOurs(packet) ? PeerFields.ReadBroadcast(text, sender, packet, root[2]) : null;
    }

    private bool IsOurs(JsonElement packet) => (PeerFields.Text(packet, "nsp"u8) ?? "/") == _namespace;

    private ClusterRequest? ReadRequest(in PeerText text, JsonElement root)
    {
        var sender = PeerFields.Text(root, "uid"u8) ?? "";
        if (_mark.IsKnown(sender)) return null;
        var id = PeerFields.Text(root, "requestId"u8);
        switch (PeerFields.Number<Kind>(root, "type"u8))
        {
            case Kind.SocketIds: return new SocketIdsRequest(new Recipients(PeerFields.Rooms(root, "rooms"u8), [])) { Sender = sender, RequestId = id };
            case Kind.Rooms: return new RoomsRequest { Sender = sender, RequestId = id };
            case Kind.Join: return new JoinRequest(RecipientsOf(root), RoomsOf(root)) { Sender = sender, RequestId = id };
            case Kind.Leave: return new LeaveRequest(RecipientsOf(root), RoomsOf(root)) { Sender = sender, RequestId = id };
            case Kind.Disconnect: return new DisconnectRequest(RecipientsOf(root), PeerFields.Any(root, "close"u8)?.ValueKind == JsonValueKind.True) { Sender = sender, RequestId = id };
            case Kind.Sockets: return new SocketsRequest(RecipientsOf(root)) { Sender = sender, RequestId = id };
            case Kind.ServerEvent: return PeerFields.ReadServerEvent(text, sender, root.GetProperty("data"u8), id);
            case Kind.Broadcast when IsOurs(root.GetProperty("packet"u8)):
                return PeerFields.ReadBroadcast(text, sender, root.GetProperty("packet"u8), root.GetProperty("opts"u8)) is { } broadcast ? broadcast with { RequestId = id } : null;
            default: return null;
        }
    }

    /// <summary>Older servers and emitters name one socket instead.</summary>
    /// <exception cref="FormatException">Neither is there: nobody is meant, rather than everybody.</exception>
    private static Recipients RecipientsOf(JsonElement root)
    {
        if (PeerFields.Object(root, "opts"u8) is { } options) return PeerFields.Recipients(options);
        return PeerFields.Text(root, "sid"u8) is { } id ? new Recipients([id], []) : throw new FormatException("A request for nobody.");
    }

    private static IReadOnlyList<string> RoomsOf(JsonElement root) => PeerFields.Text(root, "room"u8) is { } room ? [room] : PeerFields.Texts(root, "rooms"u8);

    private static ClusterAnswer? ReadAnswer(in PeerText text, JsonElement root)
    {
        if (PeerFields.Text(root, "requestId"u8) is not { } id) return null;
        switch (PeerFields.Number<Kind>(root, "type"u8))
        {
            case Kind.ServerEvent: return new ServerEventAnswer(id, text.ArgumentOf(PeerFields.Any(root, "data"u8)));
            case Kind.ClientCount: return new ClientCountAnswer(id, PeerFields.Count(root, "clientCount"u8));
            case Kind.Client: return new ClientAnswer(id, text.ArgumentOf(PeerFields.Any(root, "packet"u8)));
        }
        return PeerFields.Any(root, "sockets"u8) is { ValueKind: JsonValueKind.Array } sockets ? PeerFields.ReadSockets(text, id, sockets) : null;
    }
}
