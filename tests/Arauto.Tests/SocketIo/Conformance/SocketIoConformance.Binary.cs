namespace Arauto.Tests.SocketIo.Conformance;

public abstract partial class SocketIoConformance
{
    private static readonly byte[] One = [1, 2, 3];
    private static readonly byte[] Two = [0xff, 0];

    [Fact]
    public async Task Binary_comes_back_behind_its_packet()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await SendAsync(link, "452-[\"message\",{\"_placeholder\":true,\"num\":0},[{\"deep\":{\"_placeholder\":true,\"num\":1}}]]", One, Two);
        await AssertNextAsync(link, "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},[{\"deep\":{\"_placeholder\":true,\"num\":1}}]]", One, Two);
    }

    [Fact]
    public async Task Binary_is_acknowledged_as_binary_with_namespace_and_id()
    {
        var link = await OpenAsync();
        await JoinAsync(link, "/custom,");
        await SendAsync(link, "451-/custom,789[\"message-with-ack\",{\"_placeholder\":true,\"num\":0}]", One);
        await AssertNextAsync(link, "461-/custom,789[{\"_placeholder\":true,\"num\":0}]", One);
    }

    [Fact]
    public async Task A_client_s_acknowledgement_may_be_binary()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await SendAsync(link, "451-5[\"ask-me\",{\"_placeholder\":true,\"num\":0}]", One);
        var question = await TextAsync(link);
        Assert.Matches("""^451-\d+\["question",\{"_placeholder":true,"num":0\}\]$""", question);
        Assert.Equal(One, await BinaryAsync(link));
        await SendAsync(link, $"461-{question[4..question.IndexOf('[')]}[{{\"_placeholder\":true,\"num\":0}}]", Two);
        await AssertNextAsync(link, "461-5[{\"_placeholder\":true,\"num\":0}]", Two);
    }

    [Fact]
    public async Task Placeholders_are_numbered_in_the_order_of_the_outgoing_value()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("42[\"nested\"]");
        await AssertNextAsync(
            link, "454-[\"nested-back\",{\"z\":{\"_placeholder\":true,\"num\":0},\"a\":[{\"_placeholder\":true,\"num\":1},{\"b\":{\"_placeholder\":true,\"num\":2}}]},{\"_placeholder\":true,\"num\":3}]", [1], [2], [], [3]);
    }

    [Fact]
    public async Task Attachments_may_be_referred_to_in_any_order_and_twice()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await SendAsync(link, "452-[\"message\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]", One, Two);
        await AssertNextAsync(link, "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", Two, One);
        await SendAsync(link, "451-[\"message\",{\"_placeholder\":true,\"num\":0},{\"num\":0,\"_placeholder\":true}]", One);
        await AssertNextAsync(link, "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", One, One);
    }

    [Fact]
    public async Task Attachments_may_be_empty_and_up_to_ten()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        var placeholders = string.Join(',', Enumerable.Range(0, 10).Select(i => $"{{\"_placeholder\":true,\"num\":{i}}}"));
        var attachments = Enumerable.Range(0, 10).Select(i => new byte[i % 2]).ToArray();
        await SendAsync(link, $"4510-[\"message\",{placeholders}]", attachments);
        await AssertNextAsync(link, $"4510-[\"message-back\",{placeholders}]", attachments);
    }

    [Fact]
    public async Task Heartbeats_may_come_between_a_packet_and_its_attachments()
    {
        var link = await OpenAsync();
        await JoinAsync(link);
        await link.SendAsync("451-[\"message\",{\"_placeholder\":true,\"num\":0}]");
        await link.SendAsync("3");
        await link.SendAsync(One);
        await AssertNextAsync(link, "451-[\"message-back\",{\"_placeholder\":true,\"num\":0}]", One);
    }

    [Fact]
    public async Task Nothing_comes_between_a_packet_and_its_attachments()
    {
        var link = await OpenAsync();
        var id = await JoinAsync(link);
        var others = Enumerable.Range(0, 200).Select(i => Task.Run(() => Node.Sockets.To(id).EmitAsync("other", i).AsTask())).ToArray();
        await SendAsync(link, "452-5[\"message-with-ack\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", One, Two);
        for (var (answered, heard) = (false, 0); !answered || heard < others.Length;)
        {
            var text = await TextAsync(link);
            if (text.StartsWith("42[\"other\",", StringComparison.Ordinal))
            {
                heard++;
                continue;
            }
            Assert.Equal("462-5[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", text);
            Assert.Equal(One, await BinaryAsync(link));
            Assert.Equal(Two, await BinaryAsync(link));
            answered = true;
        }
        await Task.WhenAll(others);
    }

    private static async Task SendAsync(RawLink link, string packet, params byte[][] attachments)
    {
        await link.SendAsync(packet);
        foreach (var attachment in attachments) await link.SendAsync(attachment);
    }

    private static async Task AssertNextAsync(RawLink link, string packet, params byte[][] attachments)
    {
        Assert.Equal(packet, await TextAsync(link));
        foreach (var attachment in attachments) Assert.Equal(attachment, await BinaryAsync(link));
    }
}
