namespace Arauto.Tests.SocketIo.Conformance;

public abstract partial class SocketIoConformance
{
    [Theory]
    [InlineData("4")]
    [InlineData("47")]
    [InlineData("4a")]
    [InlineData("4abc")]
    [InlineData("49[\"message\"]")]
    public async Task An_unknown_type_or_no_packet_closes_the_connection_also_before_CONNECT(string packet)
    {
        var fresh = await OpenAsync();
        await fresh.SendAsync(packet);
        Assert.Null(await fresh.NextAsync());
        await AssertClosesAsync(packet);
    }

    [Theory]
    [InlineData("42{}")]
    [InlineData("42\"message\"")]
    [InlineData("42null")]
    [InlineData("42[]")]
    [InlineData("42[null]")]
    [InlineData("42[true]")]
    [InlineData("42[{}]")]
    [InlineData("42[[\"message\"]]")]
    public Task An_EVENT_that_is_not_an_array_with_a_name_closes_the_connection(string packet) => AssertClosesAsync(packet);

    [Theory]
    [InlineData("42[\"message\"")]
    [InlineData("42[\"message\"]x")]
    [InlineData("42[\"message\"][]")]
    [InlineData("42[\"message\",]")]
    [InlineData("42[message]")]
    [InlineData("431[")]
    public Task Invalid_JSON_or_what_follows_it_closes_the_connection(string packet) => AssertClosesAsync(packet);

    [Theory]
    [InlineData("connect")]
    [InlineData("connect_error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    public Task A_reserved_event_closes_the_connection(string name) => AssertClosesAsync($"42[\"{name}\"]");

    [Theory]
    [InlineData("431{}")]
    [InlineData("431\"x\"")]
    [InlineData("431null")]
    public Task An_ACK_that_is_not_an_array_closes_the_connection(string packet) => AssertClosesAsync(packet);

    [Theory]
    [InlineData("40[]")]
    [InlineData("40\"x\"")]
    [InlineData("40null")]
    [InlineData("40/custom,[]")]
    [InlineData("40/custom,1.5")]
    public async Task A_CONNECT_whose_payload_is_not_an_object_closes_the_connection(string packet)
    {
        var fresh = await OpenAsync();
        await fresh.SendAsync(packet);
        Assert.Null(await fresh.NextAsync());
    }

    [Theory]
    [InlineData("41{}")]
    [InlineData("41[]")]
    [InlineData("41\"x\"")]
    public Task A_DISCONNECT_with_a_payload_closes_the_connection(string packet) => AssertClosesAsync(packet);

    [Theory]
    [InlineData("42abc[\"message\"]")]
    [InlineData("421.5[\"message\"]")]
    [InlineData("42-1[\"message\"]")]
    [InlineData("43abc[]")]
    public Task An_id_that_is_no_number_closes_the_connection(string packet) => AssertClosesAsync(packet);

    [Theory]
    [InlineData("45[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("45-[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("451[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("450-[\"message\"]")]
    [InlineData("451.5-[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("45-1-[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("45a-[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("4511-[\"message\",{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("46-1[{\"_placeholder\":true,\"num\":0}]")]
    public Task A_wrong_number_of_attachments_closes_the_connection(string packet) => AssertClosesAsync(packet);

    [Theory]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("\"0\"")]
    [InlineData("null")]
    public Task A_placeholder_that_refers_to_nothing_closes_the_connection(string number) =>
        AssertClosesAsync($"451-[\"message\",{{\"_placeholder\":true,\"num\":{number}}}]", new byte[] { 1 });

    [Fact]
    public Task Text_while_attachments_are_due_closes_the_connection() =>
        AssertClosesAsync("451-[\"message\",{\"_placeholder\":true,\"num\":0}]", "42[\"message\"]");

    [Fact]
    public Task Binary_that_nothing_announced_closes_the_connection() => AssertClosesAsync(new byte[] { 1 });

    [Fact]
    public async Task A_violation_ends_its_own_connection_only()
    {
        var (bad, good) = (await OpenAsync(), await OpenAsync());
        await JoinAsync(bad);
        await JoinAsync(good);
        await bad.SendAsync("42{}");
        Assert.Null(await bad.NextAsync());
        await AssertAliveAsync(good);
    }

    [Fact]
    public async Task An_EVENT_without_payload_is_ignored()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("42");
        await link.SendAsync("425");
        await AssertAliveAsync(link);
    }

    [Fact]
    public async Task An_answer_to_a_ping_that_nobody_sent_is_harmless()
    {
        var link = await OpenAsync();
        await link.SendAsync("3");
        await JoinAsync(link);
        await link.SendAsync("3");
        await AssertAliveAsync(link);
    }

    private async Task AssertClosesAsync(params object[] messages)
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        foreach (var message in messages) await link.SendAsync(message);
        Assert.Null(await link.NextAsync());
    }
}
