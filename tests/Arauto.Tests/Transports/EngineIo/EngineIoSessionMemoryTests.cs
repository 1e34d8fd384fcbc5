using Arauto.EngineIo;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Transports.EngineIo;

public sealed class EngineIoSessionMemoryTests
{
    private const int Sessions = 200;

    [Fact]
    public void A_session_takes_at_most_1_KB_besides_its_headers()
    {
        using var node = new EngineIoNode("node01", TimeProvider.System);
        var mount = new EngineIoMount(node, "/", new EngineIoOptions(), new Silent(), NullLogger.Instance);
        var request = new DefaultHttpContext().Request;
        request.Path = EngineIoServer.Path;
        request.QueryString = new QueryString("?EIO=4&transport=polling");
        for (var i = 0; i < 12; i++) request.Headers[$"X-Header-{i}"] = "a value that the web server holds";
        // Also the table grows on the way.
        Open(mount, request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Open(mount, request);

        // All that is allocated on the way, so at least all that is kept.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Sessions, 1, 1024);
    }

    private static void Open(EngineIoMount mount, HttpRequest request)
    {
        for (var i = 0; i < Sessions; i++) mount.Create(new EngineIoHandshake(request, "127.0.0.1", secure: false, default)).OpenOverPolling();
    }

    private sealed class Silent : IEngineIoHandler
    {
        public void OnOpened(EngineIoSession session)
        {
        }

        public ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message) => default;

        public void OnClosed(EngineIoSession session, EngineIoCloseReason reason)
        {
        }
    }
}
