namespace Arauto.Tests.Logs;

public abstract partial class ChannelLogConformance
{
    [Fact]
    public async Task A_repeated_key_appends_nothing_and_gets_the_first_result()
    {
        var first = await Log.AppendAsync(Request("room:a", "1", key: "k", correlation: "trace-1"), Token);
        var second = await Log.AppendAsync(Request("room:a", "2", key: "k", correlation: "trace-2"), Token);
        Assert.False(first.IsDuplicate);
        Assert.Equal(first with { IsDuplicate = true }, second);
        Assert.Equal("trace-1", second.CorrelationId);
        Assert.Equal([1], await AfterAsync("room:a", 0, 10));
    }

    [Fact]
    public async Task A_correlation_id_that_is_the_message_id_is_remembered_as_well()
    {
        var first = await AppendAsync("room:a", key: "k");
        Assert.Equal(first.MessageId.ToString("D"), (await AppendAsync("room:a", key: "k")).CorrelationId);
    }

    [Fact]
    public async Task A_key_belongs_to_its_channel_and_other_keys_are_other_messages()
    {
        Assert.False((await AppendAsync("room:a", key: "k")).IsDuplicate);
        Assert.False((await AppendAsync("room:b", key: "k")).IsDuplicate);
        Assert.False((await AppendAsync("room:a", key: "K")).IsDuplicate);
        Assert.False((await AppendAsync("room:a")).IsDuplicate);
        Assert.Equal(3, (await Log.ReadTopsAsync(["room:a"], Token))[0].Offset);
    }

    [Fact]
    public async Task Concurrent_appends_with_one_key_have_one_effect_and_equal_answers()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => AppendAsync("room:a", key: "k").AsTask(), Token)));
        Assert.Single(results, result => !result.IsDuplicate);
        Assert.Single(results.Select(result => (result.MessageId, result.Position, result.CorrelationId)).Distinct());
        Assert.Equal([1], await AfterAsync("room:a", 0, 10));
    }

    [Fact]
    public async Task A_key_is_forgotten_after_its_window()
    {
        var first = await AppendAsync("room:a", key: "k");
        Time.Advance(KeyWindow - TimeSpan.FromMinutes(1));
        Assert.Equal(first with { IsDuplicate = true }, await AppendAsync("room:a", key: "k"));

        // A repetition does not prolong the window.
        Time.Advance(TimeSpan.FromMinutes(2));
        var second = await AppendAsync("room:a", key: "k");
        Assert.Equal((2L, false), (second.Position.Offset, second.IsDuplicate));
        Assert.Equal(second with { IsDuplicate = true }, await AppendAsync("room:a", key: "k"));
    }

    [Fact]
    public async Task A_key_outlives_its_trimmed_message()
    {
        var retention = new Arauto.Logs.Retention(1, TimeSpan.Zero);
        var first = await AppendAsync("room:a", key: "k", retention: retention);
        for (var i = 0; i < 20; i++) await AppendAsync("room:a", retention: retention);
        Assert.DoesNotContain(1, await AfterAsync("room:a", 0, 50));
        Assert.Equal(first with { IsDuplicate = true }, await AppendAsync("room:a", key: "k", retention: retention));
    }
}
