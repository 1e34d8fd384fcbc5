using Arauto.Connections;
using Arauto.EngineIo;
using Arauto.Gateways;
using Arauto.Limits;
using Arauto.Protocol;
using Arauto.Protocols.SocketIo;
using Arauto.Transports;
using Arauto.Transports.EngineIo;

namespace Arauto.SocketIo;

/// <summary>The Socket.IO protocol over one Engine.IO session: its packets in, its namespaces, its end. The other part: Connect (how a client comes into a namespace).</summary>
/// <remarks>
/// Packets come one after the other. The lock guards what the end of the session and lanes change meanwhile; it is held for
/// memory operations only. Protocol: <see href="https://socket.io/docs/v4/socket-io-protocol/"/>.
/// </remarks>
internal sealed partial class SocketIoSession : ISocketLink
{
    private readonly Lock _gate = new();
    private readonly EngineIoSession _engine;
    private readonly SocketIoServer _server;
    private readonly SocketIoDecoder _decoder;
    private readonly TokenRate _rate;
    private Dictionary<string, Member> _members = [];
    private TokenBucket _events;
    private ITimer? _connectTimer;
    private bool _closed;

    public SocketIoSession(EngineIoSession engine, SocketIoServer server)
    {
        _engine = engine;
        _server = server;
        _decoder = new SocketIoDecoder(server.Options.MaxAttachments);
        Outbox = new SessionOutbox(engine);
        var limits = server.Node.Options.Limits;
        _rate = new TokenRate(limits.CommandsPerSecond, limits.CommandBurst, server.Node.Time);
    }

    /// <summary>The way out that its sockets share.</summary>
    public SessionOutbox Outbox { get; }

    /// <inheritdoc/>
    public string Transport => _engine.Transport;

    public TransportKind Kind => _engine.Transport == "websocket" ? TransportKind.WebSocket : TransportKind.LongPolling;

    public Framing Framing => _engine.IsDeflated ? EngineIoFraming.Deflated : EngineIoFraming.Plain;

    /// <summary>Takes one message: a packet, or a part of one.</summary>
    public ValueTask ReceiveAsync(EngineIoMessage message)
    {
        _server.Node.Metrics.MessageReceived(message.Data.Length);
        var result = message.IsBinary ? _decoder.AddBinary(message.Data.Span) : _decoder.Add(message.Data.Span);
        switch (result.Status)
        {
            case SocketIoDecodeStatus.NeedMore: return ValueTask.CompletedTask;
            case SocketIoDecodeStatus.Ignored when TryFind(result.Packet!.Namespace, out _): return ValueTask.CompletedTask;
            case SocketIoDecodeStatus.Packet: return DispatchAsync(result.Packet!);
            default:
                Violate(result.Violation ?? "a packet for a namespace that is not joined");
                return ValueTask.CompletedTask;
        }
    }

    /// <summary>The session goes on over another transport.</summary>
    public void TransportChanged()
    {
        foreach (var member in Members()) member.Connection.TransportChanged();
    }

    /// <summary>The session is over.</summary>
    public void Closed(EngineIoCloseReason reason)
    {
        Member[] members;
        lock (_gate)
        {
            _closed = true;
            members = [.. _members.Values];
            _members = [];
        }
        _connectTimer?.Dispose();
        foreach (var member in members)
        {
            member.Reason = reason.Word();
            member.Transport.End(CodeOf(reason));
        }
        LeaveUsers();
    }

    /// <summary>Ends the session for a reason of ours; clients come back by themselves.</summary>
    public void Close() => _engine.Close(EngineIoCloseReason.TransportClose);

    /// <summary>The server's code ends one namespace.</summary>
    public void LeaveByServer(SocketState socket) => EndByServer(socket, withSession: false);

    /// <summary>The server's code ends the session.</summary>
    public void CloseByServer(SocketState socket) => EndByServer(socket, withSession: true);

    /// <summary>Ends one namespace for good, and tells the client; the session stays for the others. On the socket's lane, behind what it had to send.</summary>
    public void Leave(string ns, CloseCode code)
    {
        if (TryFind(ns, out var member) && member.TakesSession) _engine.Close(EngineIoCloseReason.ForcedClose);
        else Remove(ns, "server namespace disconnect", code, tell: true);
    }

    /// <summary>By way of its lane, so that what was emitted before is sent before.</summary>
    private void EndByServer(SocketState socket, bool withSession)
    {
        if (Find(socket) is not { } member) return;
        member.TakesSession = withSession;
        member.IsOver |= !withSession;
        // At once, and not only when its lane has come to it: whoever looks next does not find it.
        socket.Namespace.Remove(socket);
        member.Connection.CloseFromOutside(CloseCode.Normal, null);
    }

    private ValueTask DispatchAsync(SocketIoPacket packet)
    {
        if (packet.Kind == SocketIoPacketKind.Connect) return AdmitAsync(packet);
        if (!TryFind(packet.Namespace, out var member) || packet.Kind == SocketIoPacketKind.ConnectError)
        {
            Violate($"{packet.Kind} for {packet.Namespace}");
            return ValueTask.CompletedTask;
        }
        switch (packet.Kind)
        {
            case SocketIoPacketKind.Event: return HandleAsync(member.Socket, packet);
            case SocketIoPacketKind.Ack:
                member.Socket.Acks.Answer(packet.Id!.Value, packet.Arguments);
                break;
            case SocketIoPacketKind.Disconnect:
                Remove(packet.Namespace, "client namespace disconnect", CloseCode.Normal, tell: false);
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Coming in costs more than an event, and cannot be refused more cheaply than by ending the session.</summary>
    private ValueTask AdmitAsync(SocketIoPacket packet)
    {
        if (_events.TryTake(_rate, _server.Node.Time.GetTimestamp(), out _)) return ConnectAsync(packet);
        Violate("more packets than limits.commandsPerSecond");
        return ValueTask.CompletedTask;
    }

    /// <summary>Events wait for their handlers in order; as long as too many wait, nothing more is read from the client.</summary>
    private ValueTask HandleAsync(SocketState socket, SocketIoPacket packet)
    {
        if (_events.TryTake(_rate, _server.Node.Time.GetTimestamp(), out var wait))
            return socket.Inbox.AddAsync(() => RunAsync(socket, packet));
        var failure = EventFailure.RateLimited(packet.Event!, wait).ToArguments(socket.Namespace.Definition.Options.Json);
        if (packet.Id is { } id) socket.Acknowledge(id, failure);
        else socket.Send(EventNames.Exception, failure);
        return ValueTask.CompletedTask;
    }

    private static async ValueTask RunAsync(SocketState socket, SocketIoPacket packet)
    {
        Func<EventArguments, ValueTask>? acknowledge = packet.Id is not { } id ? null : arguments =>
        {
            socket.Acknowledge(id, arguments);
            return ValueTask.CompletedTask;
        };
        var answer = await socket.Namespace.Definition.InvokeAsync(socket.Socket, packet.Event!, packet.Arguments, acknowledge, socket.Disconnected).ConfigureAwait(false);
        if (answer is not null && packet.Id is { } asked) socket.Acknowledge(asked, answer);
    }

    private void Violate(string rule)
    {
        Log.Violation(_server.Logger, _engine.Handshake.Address, rule);
        _engine.Close(EngineIoCloseReason.ParseError);
    }

    private void Remove(string ns, string reason, CloseCode code, bool tell)
    {
        Member? member;
        lock (_gate)
            if (!_members.Remove(ns, out member)) return;
        member.Reason = reason;
        member.IsOver = true;
        // Past the socket's queue, which takes nothing any more: what waited there was written before.
        if (tell) Outbox.Send(member.Transport, [SocketIoCodec.Encode(output => SocketIoEncoder.Disconnect(output, ns))]);
        member.Transport.End(code);
    }

    private bool TryFind(string ns, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Member? member)
    {
        lock (_gate) return _members.TryGetValue(ns, out member);
    }

    private Member? Find(SocketState socket) => TryFind(socket.Namespace.Name, out var member) && member.Socket == socket ? member : null;

    private Member[] Members()
    {
        lock (_gate) return [.. _members.Values];
    }

    private static CloseCode? CodeOf(EngineIoCloseReason reason) => reason switch
    {
        EngineIoCloseReason.TransportClose => CloseCode.Normal,
        EngineIoCloseReason.PingTimeout => CloseCode.HeartbeatTimeout,
        EngineIoCloseReason.ForcedClose => CloseCode.Terminated,
        EngineIoCloseReason.ParseError => CloseCode.PolicyViolation,
        EngineIoCloseReason.ServerShuttingDown => CloseCode.GoingAway,
        _ => null,
    };

    /// <summary>One of the session's sockets.</summary>
    private sealed class Member(SocketState socket, SocketTransport transport, Connection connection)
    {
        public SocketState Socket { get; } = socket;

        public SocketTransport Transport { get; } = transport;

        public Connection Connection { get; } = connection;

        /// <summary>Why it ended, for handlers.</summary>
        public string Reason { get; set; } = "transport close";

        /// <summary>Whether it ended for good.</summary>
        public bool IsOver { get; set; }

        /// <summary>Whether its end is that of the session.</summary>
        public volatile bool TakesSession;

        /// <summary>Whether the application was told of it.</summary>
        public bool HasEntered;
    }
}
