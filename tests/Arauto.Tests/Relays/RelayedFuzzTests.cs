using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Transports.EngineIo;

namespace Arauto.Tests.Relays;

/// <summary>Random clients of another node: neither node is hurt.</summary>
public sealed class RelayedFuzzTests : EngineIoFuzzTests
{
    private protected override Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartRelayedAsync(configure, handler, time, node);
}
