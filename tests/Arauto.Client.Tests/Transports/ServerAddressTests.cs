using Arauto.Client.Transports;

namespace Arauto.Client.Tests.Transports;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8085", "ws://127.0.0.1:8085/ws", "http://127.0.0.1:8085/v1/publish")]
    [InlineData("https://example.org/rt/", "wss://example.org/rt/ws", "https://example.org/rt/v1/publish")]
    [InlineData("ws://h:1", "ws://h:1/ws", "http://h:1/v1/publish")]
    [InlineData("wss://h", "wss://h/ws", "https://h/v1/publish")]
    public void Addresses_come_from_the_base(string url, string webSocket, string http)
    {
        Assert.Equal(new Uri(webSocket), ServerAddress.WebSocket(new Uri(url)));
        Assert.Equal(new Uri(http), ServerAddress.Http(new Uri(url), "v1/publish"));
    }
}
