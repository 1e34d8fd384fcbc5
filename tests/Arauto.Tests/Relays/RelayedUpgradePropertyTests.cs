using Arauto.EngineIo;
using Arauto.Options;
using Arauto.Tests.Transports.EngineIo;

namespace Arauto.Tests.Relays;

/// <summary>Clients and server talk all through upgrades to a WebSocket on another node.</summary>
public sealed class RelayedUpgradePropertyTests : EngineIoUpgradePropertyTests
{
    private protected override Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartRelayedAsync(configure, handler, time, node);
}
