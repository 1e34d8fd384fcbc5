using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Transports.EngineIo;

namespace Arauto.Tests.Relays;

/// <summary>GET and POST that come in on another node.</summary>
public sealed class RelayedPollingTests : EngineIoPollingTests
{
    private protected override Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartRelayedAsync(configure, handler, time, node);
}
