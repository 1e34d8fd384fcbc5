using System.Text;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Tests.Support;

namespace Arauto.Tests.Logs;

/// <summary>What every log must do. An implementation is a subclass that opens one.</summary>
public abstract partial class ChannelLogConformance : IAsyncLifetime
{
    private static readonly Retention Everything = new(0, TimeSpan.Zero);

    /// <summary>For how long the log under test must be told to remember keys.</summary>
    protected static TimeSpan KeyWindow { get; } = TimeSpan.FromHours(24);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected ManualTimeProvider Time { get; } = new();

    protected IChannelLog Log { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Log = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Offsets_of_each_channel_are_1_2_3()
    {
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await AppendAsync("room:a")).Position.Offset);
            Assert.Equal(i, (await AppendAsync("room:b")).Position.Offset);
        }
    }

    [Fact]
    public async Task A_completed_append_is_read_as_it_was_written()
    {
        var written = Request("room:a", """{"content":"Olá, 世界 😀","n":[1,2.5,null]}""", from: "josé");
        var result = await Log.AppendAsync(written, Token);
        Assert.Equal((written.Id, 1L, written.CorrelationId, false), (result.MessageId, result.Position.Offset, result.CorrelationId, result.IsDuplicate));

        var page = await Log.ReadAfterAsync("room:a", 0, 10, Token);
        var message = Assert.Single(page.Messages);
        Assert.Equal(result.Position, message.Position);
        Assert.Equal((written.Id, "room:a", "chat", "josé"), (message.Id, message.Channel, message.Event, message.From));
        Assert.Equal(written.Timestamp, message.Timestamp);
        Assert.Equal(written.Data.ToArray(), message.Data.ToArray());
        Assert.Null(message.Cursor);
        Assert.Equal((result.Position.Epoch, 1L, 1L), (page.Epoch, page.Oldest, page.Top));
    }

    [Fact]
    public async Task An_envelope_comes_back_with_its_message_and_without_one_there_is_none()
    {
        var envelope = new MessageEnvelope
        {
            Namespace = "/documents",
            Arguments = "[1,{\"_placeholder\":true,\"num\":0}]"u8.ToArray(),
            Attachments = [new byte[] { 1, 2, 3 }],
            Except = ["io:/documents:x"],
            Earlier = [KeyValuePair.Create("room:b", new Position(Epoch.Create(), 7))],
        };
        await Log.AppendAsync(Request("room:a", envelope: envelope), Token);
        await Log.AppendAsync(Request("room:a"), Token);

        var page = await Log.ReadAfterAsync("room:a", 0, 10, Token);
        Assert.Equal(envelope.Encode(), page.Messages[0].Envelope!.Encode());
        Assert.Null(page.Messages[1].Envelope);
    }

    [Fact]
    public async Task A_message_of_the_server_has_no_sender()
    {
        await Log.AppendAsync(Request("updates", "null", from: null), Token);
        Assert.Null(Assert.Single((await Log.ReadAfterAsync("updates", 0, 1, Token)).Messages).From);
    }

    [Fact]
    public async Task A_payload_of_a_mebibyte_and_one_in_the_middle_of_an_array_come_back_whole()
    {
        var large = Encoding.UTF8.GetBytes($"\"{new string('x', 1024 * 1024)}\"");
        await Log.AppendAsync(Request("doc:1", large), Token);
        await Log.AppendAsync(Request("doc:1", large.AsMemory(100, 5)), Token);
        var page = await Log.ReadAfterAsync("doc:1", 0, 2, Token);
        Assert.True(large.AsSpan().SequenceEqual(page.Messages[0].Data.Span));
        Assert.Equal("xxxxx"u8.ToArray(), page.Messages[1].Data.ToArray());
    }

    [Fact]
    public async Task Pages_hold_the_oldest_above_or_the_newest_below_a_bound()
    {
        for (var i = 0; i < 10; i++) await AppendAsync("room:a");
        Assert.Equal([1, 2, 3], await AfterAsync("room:a", 0, 3));
        Assert.Equal([1, 2, 3], await AfterAsync("room:a", -5, 3));
        Assert.Equal([8, 9, 10], await AfterAsync("room:a", 7, 50));
        Assert.Empty(await AfterAsync("room:a", 10, 50));
        Assert.Empty(await AfterAsync("room:a", long.MaxValue, 50));
        Assert.Equal([8, 9, 10], await BeforeAsync("room:a", long.MaxValue, 3));
        Assert.Equal([3, 4], await BeforeAsync("room:a", 5, 2));
        Assert.Equal([1, 2], await BeforeAsync("room:a", 3, 50));
        Assert.Empty(await BeforeAsync("room:a", 1, 50));
        Assert.Empty(await BeforeAsync("room:a", -5, 50));
        Assert.Equal(10, (await Log.ReadBeforeAsync("room:a", long.MaxValue, int.MaxValue, Token)).Messages.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_page_without_room_for_a_message_is_refused(int limit)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Log.ReadAfterAsync("room:a", 0, limit, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Log.ReadBeforeAsync("room:a", 1, limit, Token));
    }

    [Fact]
    public async Task A_channel_never_written_has_the_epoch_in_which_it_will_begin_and_reading_creates_nothing()
    {
        foreach (var channel in new[] { "room:a", "room:b" }) await WithinAnHourAsync(channel, LooksAndBeginsAsync);

        async Task LooksAndBeginsAsync(string channel)
        {
            var epoch = (await Log.ReadAfterAsync(channel, 0, 1, Token)).Epoch;
            Assert.NotEqual(Epoch.None, epoch);
            foreach (var page in new[] { await Log.ReadAfterAsync(channel, 7, 1, Token), await Log.ReadBeforeAsync(channel, 9, 1, Token) })
            {
                Assert.Equal((epoch, 1L, 0L), (page.Epoch, page.Oldest, page.Top));
                Assert.Empty(page.Messages);
            }

            Assert.Equal([new Position(epoch, 0)], await Log.ReadTopsAsync([channel], Token));
            Assert.Equal(new Position(epoch, 1), (await AppendAsync(channel)).Position);
        }
    }

    [Fact]
    public async Task Tops_come_in_the_order_asked()
    {
        await AppendAsync("room:a");
        await AppendAsync("room:b");
        var b = (await AppendAsync("room:b")).Position;
        var tops = await Log.ReadTopsAsync(["room:b", "room:none", "room:a", "room:b"], Token);
        Assert.Equal([2, 0, 1, 2], tops.Select(top => top.Offset));
        Assert.Equal(b, tops[0]);
        Assert.Empty(await Log.ReadTopsAsync([], Token));
    }

    [Fact]
    public async Task A_reset_drops_messages_and_keys_and_begins_a_new_epoch_that_stays()
    {
        var first = await AppendAsync("room:a", key: "k");
        await AppendAsync("room:b");
        await Log.ResetAsync("room:a", Token);

        var page = await Log.ReadAfterAsync("room:a", 0, 10, Token);
        Assert.Equal((1L, 0L), (page.Oldest, page.Top));
        Assert.Empty(page.Messages);
        Assert.NotEqual(first.Position.Epoch, page.Epoch);
        var again = await AppendAsync("room:a", key: "k");
        Assert.Equal((new Position(page.Epoch, 1), false), (again.Position, again.IsDuplicate));
        Assert.Equal([again.MessageId], (await Log.ReadAfterAsync("room:a", 0, 10, Token)).Messages.Select(message => message.Id));
        Assert.Equal([1], await AfterAsync("room:b", 0, 10));
    }

    [Fact]
    public async Task A_channel_never_written_can_be_reset()
    {
        var before = (await Log.ReadTopsAsync(["room:a"], Token))[0];
        await Log.ResetAsync("room:a", Token);
        var after = (await Log.ReadTopsAsync(["room:a"], Token))[0];
        Assert.Equal(0, after.Offset);
        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.Equal(after.Epoch, (await AppendAsync("room:a")).Position.Epoch);
    }

    [Fact]
    public async Task What_is_cancelled_before_it_begins_leaves_no_trace()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Log.AppendAsync(Request("room:a"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Log.ReadAfterAsync("room:a", 0, 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Log.ReadTopsAsync(["room:a"], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Log.ResetAsync("room:a", cancelled));
        Assert.Equal(1, (await AppendAsync("room:a")).Position.Offset);
    }

    /// <summary>The epoch of an empty channel may be another in each hour: what the end of one came between is done once more, with another channel.</summary>
    private static async Task WithinAnHourAsync(string channel, Func<string, Task> action)
    {
        var hour = Hour();
        try
        {
            await action(channel);
        }
        catch (Xunit.Sdk.XunitException) when (Hour() != hour)
        {
            await action($"{channel}2");
        }

        static long Hour() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600;
    }

    /// <summary>Opens an empty log that remembers keys for <see cref="KeyWindow"/> and takes its time from <see cref="Time"/>.</summary>
    protected abstract ValueTask<IChannelLog> OpenAsync();

    protected abstract ValueTask CloseAsync();

    protected AppendRequest Request(string channel, ReadOnlyMemory<byte> data, string? key = null, string? from = "alice", Retention? retention = null, string? correlation = null, MessageEnvelope? envelope = null)
    {
        var id = Guid.CreateVersion7(Time.GetUtcNow());
        return new AppendRequest
        {
            Channel = channel,
            Event = "chat",
            Data = data,
            Timestamp = Time.GetUtcNow(),
            Id = id,
            From = from,
            Key = key,
            CorrelationId = correlation ?? id.ToString("D"),
            Retention = retention ?? Everything,
            Envelope = envelope,
        };
    }

    protected AppendRequest Request(string channel, string data = "{}", string? key = null, string? from = "alice", Retention? retention = null, string? correlation = null, MessageEnvelope? envelope = null) =>
        Request(channel, Encoding.UTF8.GetBytes(data), key, from, retention, correlation, envelope);

    protected ValueTask<AppendResult> AppendAsync(string channel, string? key = null, Retention? retention = null) =>
        Log.AppendAsync(Request(channel, key: key, retention: retention), Token);

    protected async Task<IEnumerable<long>> AfterAsync(string channel, long after, int limit) =>
        (await Log.ReadAfterAsync(channel, after, limit, Token)).Messages.Select(message => message.Position.Offset);

    protected async Task<IEnumerable<long>> BeforeAsync(string channel, long before, int limit) =>
        (await Log.ReadBeforeAsync(channel, before, limit, Token)).Messages.Select(message => message.Position.Offset);
}
