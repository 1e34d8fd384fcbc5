namespace Arauto.Tests.SocketIo.Conformance;

public abstract partial class SocketIoConformance
{
    [Theory]
    [InlineData("")]
    [InlineData(",1,\"2\",{\"3\":[true]}")]
    [InlineData(",{\"z\":1,\"a\":2,\"m\":{\"y\":null,\"b\":[]}}")]
    [InlineData(",1.50,1e2,-0,9007199254740993,0.1")]
    [InlineData(",\"é\",\"てすと\",\"😀\",\"\\u00e9\\n\\\"\"")]
    [InlineData(",{\"_placeholder\":true,\"num\":0}")]
    public async Task Arguments_come_back_as_they_were_written(string arguments)
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync($"42[\"message\"{arguments}]");
        Assert.Equal($"42[\"message-back\"{arguments}]", await TextAsync(link));
        await link.SendAsync($"427[\"message-with-ack\"{arguments}]");
        Assert.Equal($"437[{(arguments.Length > 0 ? arguments[1..] : "")}]", await TextAsync(link));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("13")]
    [InlineData("9007199254740991")]
    public async Task An_acknowledgement_has_the_id_that_was_sent(string id)
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync($"42{id}[\"message-with-ack\",1]");
        Assert.Equal($"43{id}[1]", await TextAsync(link));
    }

    [Fact]
    public async Task The_namespace_stands_before_the_id()
    {
        var link = await OpenAsync();
        await JoinAsync(link, "/custom,");
        await link.SendAsync("42/custom,13[\"message-with-ack\",\"x\"]");
        Assert.Equal("43/custom,13[\"x\"]", await TextAsync(link));
    }

    [Fact]
    public async Task An_acknowledgement_is_sent_once_and_only_when_asked_for()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("421[\"twice\"]");
        Assert.Equal("431[\"first\"]", await TextAsync(link));
        await link.SendAsync("42[\"twice\"]");
        await link.SendAsync("42[\"message-with-ack\",1]");
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task A_handler_without_result_acknowledges_with_no_arguments()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("421[\"note\",\"x\"]");
        Assert.Equal("431[]", await TextAsync(link));
    }

    [Fact]
    public async Task Unknown_events_are_ignored_and_not_acknowledged()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("42[\"unknown\",1]");
        await link.SendAsync("421[\"unknown\",1]");
        await link.SendAsync("422[5,1]");
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task Unknown_acknowledgements_are_ignored()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("43999[1]");
        await link.SendAsync("439007199254740991[]");
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task The_server_gets_the_client_s_acknowledgement_once()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("4255[\"ask-me\",1,{\"a\":2}]");
        var question = await TextAsync(link);
        Assert.Matches("""^42\d+\["question",1,\{"a":2\}\]$""", question);
        var id = question[2..question.IndexOf('[')];
        await link.SendAsync($"43{id}[\"x\",[1]]");
        await link.SendAsync($"43{id}[\"again\"]");
        Assert.Equal("4355[\"x\",[1]]", await TextAsync(link));
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task Messages_are_handled_and_answered_in_their_order()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        for (var i = 0; i < 50; i++) await link.SendAsync(i % 2 == 0 ? $"42[\"message\",{i}]" : $"42{i}[\"message-with-ack\",{i}]");
        for (var i = 0; i < 50; i++) Assert.Equal(i % 2 == 0 ? $"42[\"message-back\",{i}]" : $"43{i}[{i}]", await TextAsync(link));
    }
}
