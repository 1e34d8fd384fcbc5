namespace Arauto.Tests.SocketIo.Conformance;

public sealed class SocketIoOverPollingTests(ConformanceNode node) : SocketIoConformance(node)
{
    [Fact]
    public async Task A_packet_and_its_attachments_may_come_in_one_request_or_in_several()
    {
        var link = (PollingLink)await OpenAsync();
        await JoinAsync(link);
        const string Packet = "452-[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";
        const string Answer = "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]";
        byte[] one = [1], two = [2];

        await link.SendAllAsync(Packet, one, two, "42[\"message\"]");
        await AssertAsync();
        await link.SendAllAsync(Packet, one);
        await link.SendAllAsync(two, "42[\"message\"]");
        await AssertAsync();

        async Task AssertAsync()
        {
            Assert.Equal(Answer, await TextAsync(link));
            Assert.Equal(one, await BinaryAsync(link));
            Assert.Equal(two, await BinaryAsync(link));
            Assert.Equal("42[\"message-back\"]", await TextAsync(link));
        }
    }

    protected override Task<RawLink> OpenAsync(Uri http, string path) => PollingLink.OpenAsync(http, path);
}
