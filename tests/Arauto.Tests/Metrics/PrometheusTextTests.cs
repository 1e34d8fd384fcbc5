using System.Diagnostics;
using Arauto.Channels;
using Arauto.Metrics;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Transports;

namespace Arauto.Tests.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly ArautoMetrics _metrics = new();
    private readonly PrometheusText _text;

    public PrometheusTextTests() => _text = new PrometheusText(_metrics);

    public void Dispose()
    {
        _text.Dispose();
        _metrics.Dispose();
    }

    private ParsedMetrics Read() => new(_text);

    [Fact]
    public void Names_and_types_are_those_of_the_contract()
    {
        var types = Read().Types;
        var expected = new Dictionary<string, string>
        {
            ["websocket_connections_active"] = "gauge",
            ["notifications_sent_total"] = "counter",
            ["redis_events_consumed_total"] = "counter",
            ["websocket_connection_errors_total"] = "counter",
            ["arauto_connections"] = "gauge",
            ["arauto_connections_opened_total"] = "counter",
            ["arauto_connections_closed_total"] = "counter",
            ["arauto_fallback_total"] = "counter",
            ["arauto_reconnects_total"] = "counter",
            ["arauto_messages_received_total"] = "counter",
            ["arauto_messages_delivered_total"] = "counter",
            ["arauto_message_size_bytes"] = "histogram",
            ["arauto_errors_total"] = "counter",
            ["arauto_connect_seconds"] = "histogram",
            ["arauto_delivery_seconds"] = "histogram",
            ["arauto_roundtrip_seconds"] = "histogram",
            ["arauto_publish_seconds"] = "histogram",
            ["arauto_gap_total"] = "counter",
            ["arauto_slow_consumers_total"] = "counter",
            ["arauto_ephemeral_dropped_total"] = "counter",
            ["arauto_subscriptions"] = "gauge",
            ["arauto_feeds"] = "gauge",
            ["process_cpu_seconds_total"] = "counter",
            ["process_resident_memory_bytes"] = "gauge",
        };
        foreach (var (name, type) in expected) Assert.Equal(type, types[name]);
        Assert.DoesNotContain(types.Keys, name => !expected.ContainsKey(name) && !name.StartsWith("dotnet_", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gauge_that_is_read_shows_its_value_of_the_moment()
    {
        var (up, age) = (true, 0.25);
        _metrics.WatchBackplane(() => up, () => age);
        _metrics.WatchCircuit("redis", () => 2);
        Assert.Equal((1.0, 0.25, 2.0), (Read()["arauto_backplane_up"], Read()["arauto_canary_age_seconds"], Read()["arauto_circuit_state{dependency=\"redis\"}"]));
        (up, age) = (false, 7);
        Assert.Equal((0.0, 7.0, "gauge"), (Read()["arauto_backplane_up"], Read()["arauto_canary_age_seconds"], Read().Types["arauto_circuit_state"]));
    }

    [Fact]
    public void What_happened_is_counted_under_its_labels()
    {
        _metrics.ConnectionOpened(TransportKind.WebSocket, "json");
        _metrics.ConnectionOpened(TransportKind.WebSocket, "json");
        _metrics.ConnectionOpened(TransportKind.WebSocket, "protobuf");
        _metrics.ConnectionClosed(TransportKind.WebSocket, "json", CloseCode.SlowConsumer);
        _metrics.ConnectionClosed(TransportKind.WebSocket, "protobuf", null);
        _metrics.ConnectionOpened(TransportKind.WebSocket, "json");
        _metrics.ConnectionClosed(TransportKind.WebSocket, "json", CloseCode.Normal);
        _metrics.ConnectionOpened(TransportKind.WebSocket, "json");
        _metrics.ConnectionClosed(TransportKind.WebSocket, "json", (CloseCode)4999);
        _metrics.HandshakeRefused(ErrorCode.OriginNotAllowed);
        _metrics.ErrorSent(ErrorCode.RateLimited);
        _metrics.MessageDelivered(1000);
        _metrics.NotificationSent();
        _metrics.GapAnnounced(GapReason.EpochChanged);
        _metrics.SlowConsumer(SlowConsumerPolicy.DropOldest);
        _metrics.EphemeralDropped(3);
        _metrics.SubscriptionsChanged(5);
        _metrics.SubscriptionsChanged(-2);
        _metrics.FeedsChanged(1);

        var read = Read();
        Assert.Equal(1, read["websocket_connections_active"]);
        Assert.Equal(1, read["""arauto_connections{transport="websocket",protocol="json"}"""]);
        Assert.Equal(0, read["""arauto_connections{transport="websocket",protocol="protobuf"}"""]);
        Assert.Equal(5, read["arauto_connections_opened_total"]);
        Assert.Equal(1, read["""arauto_connections_closed_total{reason="slow_consumer"}"""]);
        Assert.Equal(1, read["""arauto_connections_closed_total{reason="broken"}"""]);
        Assert.Equal(1, read["""arauto_connections_closed_total{reason="other"}"""]);
        Assert.Equal(1, read["""websocket_connection_errors_total{type="slow_consumer"}"""]);
        Assert.Equal(1, read["""websocket_connection_errors_total{type="broken"}"""]);
        Assert.Equal(1, read["""websocket_connection_errors_total{type="origin_not_allowed"}"""]);
        Assert.Equal(0, read["""websocket_connection_errors_total{type="normal"}"""]);
        Assert.Equal(1, read["""arauto_errors_total{code="rate_limited"}"""]);
        Assert.Equal(1000, read["arauto_messages_delivered_total"]);
        Assert.Equal(1, read["notifications_sent_total"]);
        Assert.Equal(1, read["""arauto_gap_total{reason="epoch_changed"}"""]);
        Assert.Equal(1, read["""arauto_slow_consumers_total{policy="drop_oldest"}"""]);
        Assert.Equal(3, read["arauto_ephemeral_dropped_total"]);
        Assert.Equal(3, read["arauto_subscriptions"]);
        Assert.Equal(1, read["arauto_feeds"]);
    }

    [Fact]
    public void Histogram_buckets_hold_what_is_at_most_their_bound()
    {
        _metrics.MessageReceived(64);
        _metrics.MessageReceived(65);
        _metrics.MessageReceived(10_000_000);
        var read = Read();
        Assert.Equal(1, read["""arauto_message_size_bytes_bucket{le="64"}"""]);
        Assert.Equal(2, read["""arauto_message_size_bytes_bucket{le="128"}"""]);
        Assert.Equal(2, read["""arauto_message_size_bytes_bucket{le="1048576"}"""]);
        Assert.Equal(3, read["""arauto_message_size_bytes_bucket{le="+Inf"}"""]);
        Assert.Equal(3, read["arauto_message_size_bytes_count"]);
        Assert.Equal(10_000_129, read["arauto_message_size_bytes_sum"]);
        Assert.Equal(3, read["arauto_messages_received_total"]);
    }

    [Fact]
    public void Durations_are_in_seconds()
    {
        _metrics.ConnectTook(TimeSpan.FromMilliseconds(3));
        _metrics.DeliveryTook(TimeSpan.FromMilliseconds(0.2));
        _metrics.RoundTripTook(TimeSpan.FromSeconds(60));
        _metrics.PublishTook(TimeSpan.FromMilliseconds(10));
        var read = Read();
        Assert.Equal(0.003, read["arauto_connect_seconds_sum"], 9);
        Assert.Equal(1, read["""arauto_delivery_seconds_bucket{le="0.0005"}"""]);
        Assert.Equal(0, read["""arauto_roundtrip_seconds_bucket{le="10"}"""]);
        Assert.Equal(1, read["arauto_roundtrip_seconds_count"]);
        Assert.Equal(1, read["""arauto_publish_seconds_bucket{le="0.01"}"""]);
    }

    [Fact]
    public async Task Nothing_is_lost_under_concurrency_and_every_text_agrees_with_itself()
    {
        using var stop = new CancellationTokenSource();
        // On a thread of its own: those of the pool are for what other tests wait for.
        var reader = Task.Factory.StartNew(
            () =>
            {
                double last = 0;
                while (!stop.IsCancellationRequested)
                {
                    var read = Read();
                    Assert.Equal(read["arauto_delivery_seconds_count"], read["""arauto_delivery_seconds_bucket{le="+Inf"}"""]);
                    Assert.True(read["arauto_messages_delivered_total"] >= last);
                    last = read["arauto_messages_delivered_total"];
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                _metrics.MessageDelivered(2);
                _metrics.DeliveryTook(TimeSpan.FromSeconds(0.25));
                _metrics.ErrorSent(worker % 2 == 0 ? ErrorCode.Forbidden : ErrorCode.Conflict);
            }
        })));
        await stop.CancelAsync();
        await reader;
        var read = Read();
        Assert.Equal(400_000, read["arauto_messages_delivered_total"]);
        Assert.Equal(200_000, read["arauto_delivery_seconds_count"]);
        Assert.Equal(50_000, read["arauto_delivery_seconds_sum"]);
        Assert.Equal(100_000, read["""arauto_errors_total{code="forbidden"}"""]);
        Assert.Equal(100_000, read["""arauto_errors_total{code="conflict"}"""]);
    }

    [Fact]
    public void Hot_path_allocates_nothing()
    {
        void Turn()
        {
            _metrics.MessageReceived(128);
            _metrics.MessageDelivered(10);
            _metrics.DeliveryTook(TimeSpan.FromMilliseconds(1));
            _metrics.PublishTook(TimeSpan.FromMilliseconds(1));
            _metrics.ErrorSent(ErrorCode.RateLimited);
            _metrics.ConnectionOpened(TransportKind.WebSocket, "json");
            _metrics.ConnectionClosed(TransportKind.WebSocket, "json", CloseCode.SlowConsumer);
        }
        // The least of several rounds: in one of them the compiler may replace the code by a version that still boxes.
        var least = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) Turn();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.InRange(least, 0, 100);
    }

    [Fact]
    public void Nodes_in_one_process_do_not_mix()
    {
        using var other = new ArautoMetrics();
        using var otherText = new PrometheusText(other);
        _metrics.MessageDelivered(7);
        Assert.Equal(0, new ParsedMetrics(otherText)["arauto_messages_delivered_total"]);
    }

    [Fact]
    public void Labels_are_escaped_and_bounded()
    {
        var family = new MetricFamily(_metrics.Meter.CreateCounter<long>("escaped_total", description: "Line\nbreak \\ here."), MetricKind.Counter, []);
        family.Find([new("name", "a\"b\\c\nd")]).Add(1);
        Assert.Same(family.Find([new("name", "a\"b\\c\nd")]), family.Find([new("name", "a\"b\\c\nd")]));
        for (var i = 0; i < 1000; i++) family.Find([new("name", $"{i}")]).Add(1);
        Assert.Equal(MetricFamily.MaxSeries, family.Series.Count);
        Assert.Equal(1001, family.Series.Sum(series => series.Count));

        var strange = _metrics.Meter.CreateCounter<long>("strange_total", description: "Line\nbreak \\ here.");
        strange.Add(1, new KeyValuePair<string, object?>("name", "a\"b\\c\nd"));
        var read = Read();
        Assert.Contains("# HELP strange_total Line\\nbreak \\\\ here.\n", read.Text, StringComparison.Ordinal);
        Assert.Equal(1, read["""strange_total{name="a\"b\\c\nd"}"""]);
    }

    [Fact]
    public async Task Promtool_finds_no_fault()
    {
        const string promtool = "/usr/bin/promtool";
        Assert.SkipUnless(File.Exists(promtool), "promtool is not installed (Debian package prometheus): the text format is not checked by a foreign parser.");
        _metrics.ConnectionOpened(TransportKind.WebSocket, "json");
        _metrics.MessageReceived(100);
        _metrics.DeliveryTook(TimeSpan.FromMilliseconds(1));
        using var process = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(Read().Text);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var told = await process.StandardError.ReadToEndAsync(deadline.Token) + await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        // 3 means only advice on names; the names are the contract's.
        Assert.True(process.ExitCode is 0 or 3, told);
    }
}
