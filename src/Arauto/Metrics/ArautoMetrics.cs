using System.Diagnostics.Metrics;
using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Transports;

namespace Arauto.Metrics;

/// <summary>The node's instruments, under the meter <c>Arauto</c>. Methods are named by what happened; safe for concurrent use.</summary>
/// <remarks>
/// Nothing here allocates: labels are made once, and all come from enumerations or from the few names of protocols, so the
/// number of series is bounded. Names are those of the Prometheus text, where a suffix is part of the name.
/// </remarks>
public sealed class ArautoMetrics : IDisposable
{
    /// <summary>The meter's name, for other exporters.</summary>
    public const string MeterName = "Arauto";

    private static readonly KeyValuePair<string, object?>[] ErrorCodes = Labels("code", ErrorCatalogue.Errors, entry => entry.Word);
    private static readonly KeyValuePair<string, object?>[] ErrorTypes = Labels("type", ErrorCatalogue.Errors, entry => entry.Word);
    private static readonly KeyValuePair<string, object?>[] CloseReasons = [.. Labels("reason", ErrorCatalogue.Closes, entry => entry.Word), new("reason", Broken), new("reason", Other)];
    private static readonly KeyValuePair<string, object?>[] CloseTypes = [.. Labels("type", ErrorCatalogue.Closes, entry => entry.Word), new("type", Broken), new("type", Other)];
    private static readonly KeyValuePair<string, object?>[] GapReasons = Labels("reason", Enum.GetValues<GapReason>(), reason => SnakeCase(reason));
    private static readonly KeyValuePair<string, object?>[] Policies = Labels("policy", Enum.GetValues<SlowConsumerPolicy>(), policy => SnakeCase(policy));
    private static readonly KeyValuePair<string, object?>[] Transports = Labels("transport", TransportWords.All, word => word);
    private static readonly KeyValuePair<string, object?>[] From = Labels("from", TransportWords.All, word => word);
    private static readonly KeyValuePair<string, object?>[] To = Labels("to", TransportWords.All, word => word);
    private static readonly double[] SecondsBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] BytesBounds = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 1048576];

    /// <summary>The label of a connection that broke without a close frame.</summary>
    private const string Broken = "broken";

    /// <summary>The label of a close code outside the catalogue, which a client may choose freely.</summary>
    private const string Other = "other";

    private readonly UpDownCounter<long> _webSockets;
    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _subscriptions;
    private readonly UpDownCounter<long> _feeds;
    private readonly Counter<long> _notifications;
    private readonly Counter<long> _redisEvents;
    private readonly Counter<long> _webSocketErrors;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _received;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _slowConsumers;
    private readonly Counter<long> _ephemeralDropped;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _reconnects;
    private readonly Histogram<double> _messageSize;
    private readonly Histogram<double> _connect;
    private readonly Histogram<double> _delivery;
    private readonly Histogram<double> _roundTrip;
    private readonly Histogram<double> _publish;

    /// <summary>Creates the instruments with a meter of their own, so that several nodes in one process do not mix.</summary>
    public ArautoMetrics()
    {
        Meter = new Meter(MeterName);
        _webSockets = Meter.CreateUpDownCounter<long>("websocket_connections_active", description: "WebSocket connections open now.");
        _notifications = Meter.CreateCounter<long>("notifications_sent_total", description: "Notifications given to connections.");
        _redisEvents = Meter.CreateCounter<long>("redis_events_consumed_total", description: "Messages that Redis pushed to this node, its own canary not counted.");
        _webSocketErrors = Meter.CreateCounter<long>("websocket_connection_errors_total", description: "WebSocket handshakes refused and connections that ended by an error.");
        _connections = Meter.CreateUpDownCounter<long>("arauto_connections", description: "Connections open now.");
        _opened = Meter.CreateCounter<long>("arauto_connections_opened_total", description: "Connections opened.");
        _closed = Meter.CreateCounter<long>("arauto_connections_closed_total", description: "Connections closed.");
        _fallbacks = Meter.CreateCounter<long>("arauto_fallback_total", description: "Clients that came over another transport than before, as they say; back to a better one included.");
        _reconnects = Meter.CreateCounter<long>("arauto_reconnects_total", description: "Clients that were connected before, as they say.");
        _received = Meter.CreateCounter<long>("arauto_messages_received_total", description: "Frames received from clients.");
        _delivered = Meter.CreateCounter<long>("arauto_messages_delivered_total", description: "Messages given to connections, counted per receiver.");
        _messageSize = Histogram("arauto_message_size_bytes", "Size of the frames received from clients.", BytesBounds);
        _errors = Meter.CreateCounter<long>("arauto_errors_total", description: "Errors told to clients.");
        _connect = Histogram("arauto_connect_seconds", "From the request's arrival to the connected frame.", SecondsBounds);
        _delivery = Histogram("arauto_delivery_seconds", "From taking a message in to giving it to the sockets, once per message and lane.", SecondsBounds);
        _roundTrip = Histogram("arauto_roundtrip_seconds", "From a ping to the peer's pong.", SecondsBounds);
        _publish = Histogram("arauto_publish_seconds", "From taking a message in to its place in the log.", SecondsBounds);
        _gaps = Meter.CreateCounter<long>("arauto_gap_total", description: "Gaps announced to clients.");
        _slowConsumers = Meter.CreateCounter<long>("arauto_slow_consumers_total", description: "Times that a connection's queue was full.");
        _ephemeralDropped = Meter.CreateCounter<long>("arauto_ephemeral_dropped_total", description: "Typing, presence and receipt frames dropped for connections that do not keep up.");
        _subscriptions = Meter.CreateUpDownCounter<long>("arauto_subscriptions", description: "Subscriptions of all connections now.");
        _feeds = Meter.CreateUpDownCounter<long>("arauto_feeds", description: "Channels with subscribers on this node now.");
    }

    /// <summary>The meter; only instruments of this instance are on it.</summary>
    public Meter Meter { get; }

    /// <summary>A connection is established. Followed by one <see cref="ConnectionClosed"/> with the same labels.</summary>
    /// <param name="transport">How it came.</param>
    /// <param name="protocol">What it speaks, one of a few fixed words such as <c>json</c>; never a client's text.</param>
    public void ConnectionOpened(TransportKind transport, string protocol)
    {
        _opened.Add(1);
        _connections.Add(1, Transports[(int)transport], new("protocol", protocol));
        if (transport == TransportKind.WebSocket) _webSockets.Add(1);
    }

    /// <summary>A connection is gone.</summary>
    /// <param name="transport">How it came.</param>
    /// <param name="protocol">What it spoke.</param>
    /// <param name="code">The close code; <see langword="null"/> if it broke.</param>
    public void ConnectionClosed(TransportKind transport, string protocol, CloseCode? code)
    {
        var index = IndexOf(code);
        _closed.Add(1, CloseReasons[index]);
        _connections.Add(-1, Transports[(int)transport], new("protocol", protocol));
        if (transport != TransportKind.WebSocket) return;
        _webSockets.Add(-1);
        if (code is not (CloseCode.Normal or CloseCode.GoingAway)) _webSocketErrors.Add(1, CloseTypes[index]);
    }

    /// <summary>A connection goes on over another transport.</summary>
    public void ConnectionMoved(TransportKind from, TransportKind to, string protocol)
    {
        _connections.Add(-1, Transports[(int)from], new("protocol", protocol));
        _connections.Add(1, Transports[(int)to], new("protocol", protocol));
        if (from == TransportKind.WebSocket) _webSockets.Add(-1);
        if (to == TransportKind.WebSocket) _webSockets.Add(1);
        _fallbacks.Add(1, From[(int)from], To[(int)to]);
    }

    /// <summary>A client says which transport it used or tried before this one.</summary>
    public void TransportChanged(TransportKind from, TransportKind to)
    {
        if (from != to) _fallbacks.Add(1, From[(int)from], To[(int)to]);
    }

    /// <summary>A client says that it was connected before.</summary>
    public void Reconnected(TransportKind transport) => _reconnects.Add(1, Transports[(int)transport]);

    /// <summary>A WebSocket handshake was refused; <see cref="ErrorSent"/> is counted besides.</summary>
    public void HandshakeRefused(ErrorCode code)
    {
        _webSocketErrors.Add(1, ErrorTypes[(int)code - 1]);
        ErrorSent(code);
    }

    /// <summary>A client was told an error.</summary>
    public void ErrorSent(ErrorCode code) => _errors.Add(1, ErrorCodes[(int)code - 1]);

    /// <summary>A frame of a client arrived.</summary>
    public void MessageReceived(int bytes)
    {
        _received.Add(1);
        _messageSize.Record(bytes);
    }

    /// <summary>Messages were given to connections.</summary>
    public void MessageDelivered(int count = 1) => _delivered.Add(count);

    /// <summary>Notifications were given to connections.</summary>
    public void NotificationSent(int count = 1) => _notifications.Add(count);

    /// <summary>Redis pushed a message.</summary>
    public void RedisEventConsumed() => _redisEvents.Add(1);

    /// <summary>Shows the state of the way to the other nodes.</summary>
    /// <param name="isUp">Whether other nodes can be told.</param>
    /// <param name="canaryAge">Seconds since the node last heard itself over that way.</param>
    internal void WatchBackplane(Func<bool> isUp, Func<double> canaryAge)
    {
        Meter.CreateObservableGauge("arauto_backplane_up", () => isUp() ? 1.0 : 0.0, description: "Whether other nodes can be told of messages.");
        Meter.CreateObservableGauge("arauto_canary_age_seconds", canaryAge, description: "Time since this node heard itself through the backplane.");
    }

    /// <summary>Shows the state of a circuit breaker.</summary>
    /// <param name="dependency">What it guards; one of a few fixed words.</param>
    /// <param name="state">0 closed, 1 half open, 2 open.</param>
    internal void WatchCircuit(string dependency, Func<double> state) =>
        Meter.CreateObservableGauge("arauto_circuit_state", () => new Measurement<double>(state(), new KeyValuePair<string, object?>("dependency", dependency)), description: "State of the circuit breaker: 0 closed, 1 half open, 2 open.");

    /// <summary>A client was told of a gap.</summary>
    public void GapAnnounced(GapReason reason) => _gaps.Add(1, GapReasons[(int)reason - 1]);

    /// <summary>A connection's queue was full and the policy acted.</summary>
    public void SlowConsumer(SlowConsumerPolicy policy) => _slowConsumers.Add(1, Policies[(int)policy]);

    /// <summary>Frames that need not arrive were dropped.</summary>
    public void EphemeralDropped(int count = 1) => _ephemeralDropped.Add(count);

    /// <summary>Subscriptions began (positive) or ended (negative).</summary>
    public void SubscriptionsChanged(int by) => _subscriptions.Add(by);

    /// <summary>A feed started (1) or ended (-1).</summary>
    public void FeedsChanged(int by) => _feeds.Add(by);

    /// <summary>A connection was established after this time.</summary>
    public void ConnectTook(TimeSpan time) => _connect.Record(time.TotalSeconds);

    /// <summary>A message reached the sockets of a lane after this time.</summary>
    public void DeliveryTook(TimeSpan time) => _delivery.Record(time.TotalSeconds);

    /// <summary>A peer answered a ping after this time.</summary>
    public void RoundTripTook(TimeSpan time) => _roundTrip.Record(time.TotalSeconds);

    /// <summary>A publish was in the log after this time.</summary>
    public void PublishTook(TimeSpan time) => _publish.Record(time.TotalSeconds);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    /// <summary>Shows every series with a known label at 0, so that a first occurrence is a rise that alerts can see.</summary>
    internal void ShowKnownSeries()
    {
        foreach (var label in ErrorCodes) _errors.Add(0, label);
        foreach (var label in ErrorTypes) _webSocketErrors.Add(0, label);
        foreach (var label in CloseTypes) _webSocketErrors.Add(0, label);
        foreach (var label in CloseReasons) _closed.Add(0, label);
        foreach (var label in GapReasons) _gaps.Add(0, label);
        foreach (var label in Transports) _reconnects.Add(0, label);
        foreach (var from in From)
            foreach (var to in To)
                if (!Equals(from.Value, to.Value)) _fallbacks.Add(0, from, to);
        foreach (var label in Policies) _slowConsumers.Add(0, label);
    }

    private static int IndexOf(CloseCode? code)
    {
        var closes = ErrorCatalogue.Closes;
        if (code is null) return closes.Count;
        for (var i = 0; i < closes.Count; i++)
            if (closes[i].Code == code) return i;
        return closes.Count + 1;
    }

    private Histogram<double> Histogram(string name, string description, double[] bounds) =>
        Meter.CreateHistogram<double>(name, description: description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private static KeyValuePair<string, object?>[] Labels<T>(string name, IEnumerable<T> values, Func<T, string> word) => [.. values.Select(value => new KeyValuePair<string, object?>(name, word(value)))];

    private static string SnakeCase<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}");
}
