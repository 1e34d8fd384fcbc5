using System.Buffers.Binary;
using System.Security.Cryptography;
using Arauto.Backplanes;
using Arauto.Backplanes.Links;
using Arauto.Tests.Support;

namespace Arauto.Tests.Backplanes.Links;

/// <summary>Records between two nodes over a bus that behaves in every way a bus can.</summary>
public sealed class NodeLinksTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly BusNetwork _network = new();
    private readonly LinkEnd _first;
    private readonly LinkEnd _second;

    public NodeLinksTests()
    {
        _first = new LinkEnd(_network, "first1", _time);
        _second = new LinkEnd(_network, "second", _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        await DisposeAsync(_first);
        await DisposeAsync(_second);
    }

    [Fact]
    public async Task Records_of_every_size_arrive_whole_and_in_order()
    {
        int[] sizes = [1, 2, 100, LinkBatches.MaxBatchBytes - 5, LinkBatches.MaxBatchBytes - 4, LinkBatches.MaxBatchBytes - 3, 1, LinkBatches.MaxBatchBytes, 7, 3_000_000, 1, 1];
        var records = sizes.Select(size => RandomNumberGenerator.GetBytes(size)).ToArray();
        foreach (var record in records) Assert.True(_first.To("second").Send(record));
        await PassAsync("all arrive", () => _second.Records.Count == records.Length);
        Assert.Equal(records, _second.Records);
    }

    [Fact]
    public async Task What_comes_while_a_message_is_on_its_way_is_one_message()
    {
        _first.To("second").Send(Number(0));
        await Eventually.TrueAsync("the first arrives", () => _second.Records.Count == 1);
        var before = _network.Sent;
        var link = _first.To("second");
        for (var i = 1; i <= 10_000; i++) link.Send(Number(i));
        await Eventually.TrueAsync("all arrive", () => _second.Records.Count == 10_001);
        Assert.True(_network.Sent - before < 5_000, $"{_network.Sent - before} messages");
    }

    [Fact]
    public async Task Whatever_the_bus_loses_and_doubles_every_record_arrives_once_and_in_order()
    {
        var random = Seed.CreateRandom();
        _first.To("second").Send(Number(0));
        _second.To("first1").Send(Number(0));
        await Eventually.TrueAsync("the nodes know each other", () => _first.Records.Count == 1 && _second.Records.Count == 1);
        // Its own, since the bus draws on threads of its own; one at a time.
        var lots = new Random(random.Next());
        _network.Copies = _ => lots.Next(5) switch { 0 => 0, 1 => 2, _ => 1 };
        var (sent, counts) = (1, 600);
        while (sent < counts)
        {
            for (var burst = random.Next(20); burst > 0 && sent < counts; burst--, sent++)
            {
                // Some are larger than a message of the bus.
                var record = Number(sent, random.Next(10) == 0 ? 100_000 : 0);
                Assert.True(_first.To("second").Send(record));
                Assert.True(_second.To("first1").Send(record));
            }
            if (random.Next(30) == 0) _network.IsDown = !_network.IsDown;
            if (random.Next(2) == 0) _time.Advance(NodeLinks.TickInterval);
            await _network.DeliveredAsync();
        }
        _network.IsDown = false;
        await PassAsync("all arrive", () => _first.Records.Count >= counts && _second.Records.Count >= counts);
        Assert.Equal(Enumerable.Range(0, counts), _first.Records.Select(ReadNumber));
        Assert.Equal(Enumerable.Range(0, counts), _second.Records.Select(ReadNumber));
        Assert.Empty(_first.Gone);
        Assert.Empty(_second.Gone);
    }

    [Fact]
    public async Task A_node_that_does_not_exist_is_given_up_at_once()
    {
        var link = _first.To("nobody");
        link.Send(Number(1));
        await Eventually.TrueAsync("it is lost", () => _first.Gone.Contains(link));
        Assert.False(link.Send(Number(2)));
    }

    [Fact]
    public async Task A_node_that_is_killed_is_given_up_within_seconds()
    {
        var link = await ConnectAsync();
        _network.Remove("second");
        await _network.DeliveredAsync();
        var ticks = 0;
        while (!link.IsLost && ticks < 20)
        {
            _time.Advance(NodeLinks.TickInterval);
            ticks++;
            await link.SayGoodbyeAsync();
        }
        Assert.InRange(ticks, NodeLinks.AbsenceTicks, NodeLinks.AbsenceTicks + 3);
        Assert.Equal([link], _first.Gone);
    }

    [Fact]
    public async Task A_bus_that_is_away_loses_nothing_and_no_link()
    {
        var link = await ConnectAsync();
        _network.IsDown = true;
        for (var i = 1; i <= 20; i++)
        {
            Assert.True(link.Send(Number(i)));
            _time.Advance(NodeLinks.TickInterval);
        }
        _network.IsDown = false;
        await PassAsync("all arrive", () => _second.Records.Count == 21);
        Assert.Equal(Enumerable.Range(0, 21), _second.Records.Select(ReadNumber));
    }

    [Fact]
    public async Task A_bus_that_stays_away_ends_the_link_when_clients_give_up_too()
    {
        var link = await ConnectAsync();
        _network.IsDown = true;
        await _network.DeliveredAsync();
        for (var i = 0; i < NodeLinks.SilenceTicks; i++) _time.Advance(NodeLinks.TickInterval);
        Assert.False(link.IsLost);
        _time.Advance(2 * NodeLinks.TickInterval);
        Assert.True(link.IsLost);
        Assert.Equal([link], _first.Gone);
    }

    [Fact]
    public async Task When_one_end_gives_up_the_other_hears_and_both_begin_anew()
    {
        var link = await ConnectAsync();
        _second.To("first1").Send(Number(1));
        await Eventually.TrueAsync("it arrives", () => _first.Records.Count == 1);
        var other = _second.To("first1");
        link.GiveUp("a test says so");
        // Its next sign of life is refused.
        await PassAsync("the other end is lost", () => other.IsLost);
        _first.To("second").Send(Number(2));
        _second.To("first1").Send(Number(3));
        await PassAsync("both speak again", () => _second.Records.Any(record => ReadNumber(record) == 2) && _first.Records.Any(record => ReadNumber(record) == 3));
    }

    [Fact]
    public async Task A_node_that_stops_is_lost_at_once()
    {
        await ConnectAsync();
        _second.To("first1").Send(Number(1));
        await Eventually.TrueAsync("it arrives", () => _first.Records.Count == 1);
        var other = _second.To("first1");
        await _first.DisposeAsync();
        await Eventually.TrueAsync("the other end is lost", () => other.IsLost);
        Assert.Null(_first.Links.Find("second"));
    }

    [Fact]
    public async Task Those_who_can_wait_fill_no_link_and_are_let_in_one_after_the_other()
    {
        var link = await ConnectAsync();
        _network.IsDown = true;
        const int Senders = 140;
        // More than a link takes before it is given up.
        var sending = Enumerable.Range(1, Senders).Select(number => SendAsync(Number(number, 1_000_000))).ToArray();
        Assert.InRange(sending.Count(task => task.IsCompleted), 1, 16);
        using var gone = new CancellationTokenSource();
        var leaving = link.WaitForRoomAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.False(link.HasRoom);

        _network.IsDown = false;
        await PassAsync("all arrive", () => _second.Records.Count == Senders + 1);
        await Task.WhenAll(sending);
        Assert.Equal(Senders + 1, _second.Records.Select(record => BinaryPrimitives.ReadInt32BigEndian(record)).Distinct().Count());
        await PassAsync("there is room", () => link.HasRoom);

        async Task SendAsync(byte[] record)
        {
            await link.WaitForRoomAsync(TestContext.Current.CancellationToken);
            Assert.True(link.Send(record));
            link.LetInNext();
        }
    }

    [Fact]
    public async Task Those_who_wait_for_a_link_that_is_lost_go_on()
    {
        var link = await ConnectAsync();
        _network.IsDown = true;
        while (link.HasRoom) link.Send(Number(1, 1_000_000));
        var waiting = link.WaitForRoomAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        link.GiveUp("it is enough");
        await Eventually.EndsAsync("the wait", waiting);
        Assert.False(link.Send(Number(2)));
    }

    [Fact]
    public async Task Beyond_its_bound_of_what_waits_a_link_is_given_up()
    {
        var link = await ConnectAsync();
        _network.IsDown = true;
        var large = new byte[NodeLink.MaxRecordBytes];
        for (var i = 0; i < 3; i++) Assert.True(link.Send(large));
        Assert.False(link.Send(large));
        Assert.True(link.IsLost);
        Assert.Equal([link], _first.Gone);
    }

    [Fact]
    public async Task Whatever_another_node_says_nothing_fails_and_others_go_on()
    {
        var random = Seed.CreateRandom();
        var link = await ConnectAsync();
        var stranger = _network.Join("strang");
        for (var i = 0; i < 2_000; i++)
        {
            var body = new byte[random.Next(60)];
            random.NextBytes(body);
            // Most begin like what is sense.
            if (body.Length > LinkHeader.Bytes && random.Next(4) > 0)
                new LinkHeader((LinkMessageType)random.Next(1, 4), (uint)random.Next(1, 4), (ulong)random.Next(3), (uint)random.Next(3), (ulong)random.Next(3)).Write(body);
            await stranger.SendAsync("second", NodeMessageKind.EngineIo, body, CancellationToken.None);
        }
        link.Send(Number(42));
        await PassAsync("others go on", () => _second.Records.Any(record => record.Length == 4 && ReadNumber(record) == 42));
        Assert.False(link.IsLost);
    }

    private async Task<NodeLink> ConnectAsync()
    {
        var link = _first.To("second");
        Assert.True(link.Send(Number(0)));
        await PassAsync("the nodes know each other", () => _second.Records.Count == 1);
        // The first sign of life of the other end makes this one known.
        _time.Advance(NodeLinks.TickInterval);
        await _network.DeliveredAsync();
        await Eventually.TrueAsync("it answers", () => link.IsKnown);
        return link;
    }

    /// <summary>Waits, while the clock goes on; no faster than the bus delivers, or the nodes would give each other up.</summary>
    private Task PassAsync(string what, Func<bool> condition) => Eventually.TrueAsync(() => what, async () =>
    {
        if (condition()) return true;
        await _network.DeliveredAsync();
        _time.Advance(NodeLinks.TickInterval / 4);
        return false;
    });

    private static byte[] Number(int number, int padding = 0)
    {
        var record = new byte[4 + padding];
        BinaryPrimitives.WriteInt32BigEndian(record, number);
        return record;
    }

    private static int ReadNumber(byte[] record) => BinaryPrimitives.ReadInt32BigEndian(record);

    private static async Task DisposeAsync(LinkEnd end) => await Eventually.EndsAsync("a node's links", end.DisposeAsync().AsTask());
}
