using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>The handlers of <see cref="SmokeGateway"/>, and a flood of volatile events.</summary>
internal sealed class ClientsGateway : SmokeGateway
{
    private const string LastTick = "tick";

    [Event("flood")]
    public async Task FloodAsync(int count)
    {
        var tick = Socket.Data.GetValueOrDefault(LastTick) as int? ?? 0;
        for (var end = tick + count; tick < end; tick++) await Socket.Volatile.EmitAsync("tick", tick);
        Socket.Data[LastTick] = tick;
        await Socket.EmitAsync("done");
    }
}
