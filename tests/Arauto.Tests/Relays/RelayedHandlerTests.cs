using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Transports.EngineIo;

namespace Arauto.Tests.Relays;

/// <summary>What the handler is told of requests on another node.</summary>
public sealed class RelayedHandlerTests : EngineIoHandlerTests
{
    private protected override Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartRelayedAsync(configure, handler, time, node);
}
