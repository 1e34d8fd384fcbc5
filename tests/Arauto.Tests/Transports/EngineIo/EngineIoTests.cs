using Arauto.EngineIo;
using Arauto.Options;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>What holds wherever the requests of a session come in: on its own node, or on another one that relays them.</summary>
public abstract class EngineIoTests
{
    private protected virtual Task<EngineIoServer> StartAsync(
        Action<EngineIoOptions>? configure = null, IEngineIoHandler? handler = null, TimeProvider? time = null, Action<ArautoOptions>? node = null) =>
        EngineIoServer.StartAsync(configure, handler, time, node);
}
