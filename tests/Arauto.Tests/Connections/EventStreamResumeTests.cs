using Arauto.Protocol;
using Arauto.Stores;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary><c>GET /events</c> by a client that comes back.</summary>
public sealed class EventStreamResumeTests
{
    private const string A = "public:a";
    private const string B = "public:b";

    [Fact]
    public async Task A_client_that_comes_back_with_its_last_id_again_and_again_misses_nothing_and_gets_nothing_twice()
    {
        var random = Seed.CreateRandom();
        await using var node = await TestNode.StartAsync();
        string[] channels = [A, B, "public:c"];
        var published = channels.ToDictionary(channel => channel, _ => 0);
        var seen = channels.ToDictionary(channel => channel, _ => 0L);
        string? id = null;
        var payload = $"\"{new string('x', 500)}\"";
        for (var round = 0; round < 25; round++)
        {
            using var client = await node.FollowAsync("alice", string.Join(',', channels), lastEventId: id);
            id = client.LastEventId;
            // More than a page and than one write of it waits at times.
            for (var i = random.Next(400); i > 0; i--)
            {
                var channel = channels[random.Next(channels.Length)];
                await node.PublishAsync(channel, payload);
                published[channel]++;
            }
            for (var i = random.Next(published.Values.Sum() - (int)seen.Values.Sum() + 1); i > 0; i--) await TakeAsync(client);
            if (random.Next(2) == 0) client.Reset();
        }
        using var last = await node.FollowAsync("alice", string.Join(',', channels), lastEventId: id);
        while (seen.Values.Sum() < published.Values.Sum()) await TakeAsync(last);

        async Task TakeAsync(EventStreamClient client)
        {
            var message = await client.MessageAsync();
            var channel = (string)message.Json["channel"]!;
            Assert.Equal(seen[channel] + 1, message.Json.Offset());
            seen[channel]++;
            id = message.Id;
            foreach (var each in channels) Assert.Equal(seen[each], id.PlaceIn(each));
        }
    }

    [Fact]
    public async Task The_last_event_id_goes_before_the_address_that_an_event_source_began_with()
    {
        await using var node = await TestNode.StartAsync();
        using var first = await node.FollowAsync("alice", A);
        var start = first.LastEventId;
        for (var i = 1; i <= 3; i++) await node.PublishAsync(A);
        await first.MessageAsync();
        var second = (await first.MessageAsync()).Id;

        using var back = await node.FollowAsync("alice", A, since: start, lastEventId: second);
        Assert.Equal(3, (await back.MessageAsync()).Json.Offset());
        using var anew = await node.FollowAsync("alice", A, since: start);
        Assert.Equal(1, (await anew.MessageAsync()).Json.Offset());
    }

    [Fact]
    public async Task Of_several_cursors_the_furthest_counts_and_a_channel_that_none_names_starts_now()
    {
        await using var node = await TestNode.StartAsync();
        await using var webSocket = await node.ConnectAsync("alice");
        await webSocket.SubscribeAsync(A);
        await webSocket.SubscribeAsync(B);
        var cursors = new List<string>();
        for (var i = 1; i <= 4; i++)
        {
            await node.PublishAsync(A);
            cursors.Add((await webSocket.ReceiveAsync()).Cursor());
        }
        await node.PublishAsync(B);
        var ofB = (await webSocket.ReceiveAsync()).Cursor();
        await node.PublishAsync(B);
        await node.PublishAsync("public:c");

        foreach (var since in new[] { $"{cursors[0]},{ofB},{cursors[2]}", $"{cursors[2]}&since={cursors[0]}&since={ofB}" })
        {
            using var client = await node.FollowAsync("alice", $"{A},{B},public:c", since);
            var waiting = new[] { await client.MessageAsync(), await client.MessageAsync() };
            Assert.Equal([(A, 4), (B, 2)], waiting.Select(message => ((string)message.Json["channel"]!, (int)message.Json.Offset())).Order());
            var live = await node.PublishAsync("public:c");
            Assert.Equal(live.Offset, (await client.MessageAsync()).Json.Offset());
        }
    }

    [Fact]
    public async Task Cursors_of_every_kind_are_cursors_everywhere()
    {
        await using var node = await TestNode.StartAsync();
        using var http = node.Client("alice");
        using var stream = await node.FollowAsync("alice", $"{A},{B}");
        for (var i = 1; i <= 5; i++) await node.PublishAsync(A);

        await stream.MessageAsync();
        var fromStream = (await stream.MessageAsync()).Id;
        await using var webSocket = await node.ConnectAsync("alice");
        Assert.True((bool)(await webSocket.SubscribeAsync(A, fromStream)).IsReply()["resumed"]!);
        var fromWebSocket = await webSocket.ReceiveAsync();
        Assert.Equal(3, fromWebSocket.Offset());
        var polled = await http.PollAsync(A, fromWebSocket.Cursor());
        Assert.Equal([4, 5], polled.Messages().Select(message => message.Offset()));
        var fromPoll = polled.Cursor();
        using var history = await http.GetAsync($"/v1/channels/{A}/messages?after={fromStream}&limit=1", headers: []);
        var fromHistory = (await history.JsonAsync()).Cursor();

        using var behindHistory = await node.FollowAsync("alice", A, fromHistory);
        Assert.Equal(4, (await behindHistory.MessageAsync()).Json.Offset());
        using var behindPoll = await node.FollowAsync("alice", $"{B},{A}", lastEventId: fromPoll);
        await node.PublishAsync(A);
        Assert.Equal(6, (await behindPoll.MessageAsync()).Json.Offset());
    }

    [Theory]
    [InlineData(A)]
    [InlineData($"{A},{B}")]
    public async Task Trimmed_history_is_announced_with_an_id_and_not_again_behind_it(string channels)
    {
        await using var node = await TestNode.StartAsync(options => options.Channels["public:"].HistoryMessages = 10);
        using var first = await node.FollowAsync("alice", channels);
        await node.PublishAsync(A);
        var cursor = (await first.MessageAsync()).Id;
        for (var i = 2; i <= 30; i++) await node.PublishAsync(A);

        using var back = await node.FollowAsync("alice", channels, lastEventId: cursor);
        // Whoever is cut off before the gap must hear of it again.
        Assert.Equal(1, back.LastEventId.PlaceIn(A));
        var gap = await back.MessageAsync();
        Assert.Equal(("gap", A, 2, 20, "trimmed"), (gap.Json.Type(), (string)gap.Json["channel"]!, (int)gap.Json["from"]!, (int)gap.Json["to"]!, (string)gap.Json["reason"]!));
        Assert.Equal(20, gap.Id.PlaceIn(A));

        foreach (var (id, gaps) in new[] { (back.LastEventId, 0), (cursor, 1) })
        {
            using var again = await node.FollowAsync("alice", channels, lastEventId: id);
            if (gaps == 1) Assert.Equal("gap", (await again.MessageAsync()).Json.Type());
            for (var offset = 21; offset <= 30; offset++) Assert.Equal(offset, (await again.MessageAsync()).Json.Offset());
        }
    }

    [Theory]
    [InlineData(A)]
    [InlineData($"{A},{B}")]
    public async Task A_log_that_began_anew_is_announced_with_an_id_and_not_again_behind_it(string channels)
    {
        await using var node = await TestNode.StartAsync();
        for (var i = 1; i <= 5; i++) await node.PublishAsync(A);
        string cursor;
        using (var first = await node.FollowAsync("alice", channels)) cursor = first.LastEventId;
        await node.NothingIsLeftAsync();
        await node.Get<IStore>().Log.ResetAsync(A, CancellationToken.None);
        for (var i = 1; i <= 7; i++) await node.PublishAsync(A);

        using var back = await node.FollowAsync("alice", channels, lastEventId: cursor);
        Assert.Equal(5, back.LastEventId.PlaceIn(A));
        var gap = await back.MessageAsync();
        Assert.Equal(("gap", "epoch_changed"), (gap.Json.Type(), (string)gap.Json["reason"]!));
        Assert.Equal(0, gap.Id.PlaceIn(A));
        Assert.Equal(1, (await back.MessageAsync()).Json.Offset());

        using var again = await node.FollowAsync("alice", channels, lastEventId: gap.Id);
        for (var offset = 1; offset <= 7; offset++) Assert.Equal(offset, (await again.MessageAsync()).Json.Offset());
    }

    [Fact]
    public async Task A_log_that_begins_anew_under_a_stream_is_announced_in_its_place()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await node.FollowAsync("alice", $"{A},{B}");
        await node.PublishAsync(A);
        await client.MessageAsync();
        await node.Get<IStore>().Log.ResetAsync(A, CancellationToken.None);
        var position = await node.PublishAsync(A);

        var gap = await client.MessageAsync();
        Assert.Equal(("gap", "epoch_changed"), (gap.Json.Type(), (string)gap.Json["reason"]!));
        Assert.Equal(0, gap.Id.PlaceIn(A));
        var message = await client.MessageAsync();
        Assert.Equal(position.Epoch.ToString(), (string?)message.Json["epoch"]);
        Assert.Equal(1, message.Id.PlaceIn(A));
    }

    [Fact]
    public async Task A_stream_follows_as_many_channels_as_a_connection_may_have_and_its_id_is_a_cursor()
    {
        await using var node = await TestNode.StartAsync();
        string[] channels = [.. Enumerable.Range(0, Cursor.MaxChannels).Select(i => $"public:{i}")];
        using var client = await node.FollowAsync("alice", string.Join(',', channels));
        foreach (var channel in channels)
        {
            await node.PublishAsync(channel);
            Assert.Equal(1, (await client.MessageAsync()).Id.PlaceIn(channel));
        }
        for (var i = 0; i < 3; i++) await node.PublishAsync(channels[i]);

        using var back = await node.FollowAsync("alice", string.Join(',', channels), lastEventId: client.LastEventId);
        for (var i = 0; i < 3; i++) Assert.Equal(2, (await back.MessageAsync()).Json.Offset());
    }
}
