namespace Arauto.Scenarios.SocketIo;

/// <summary>A server's resident bytes before and with idle connections.</summary>
internal sealed record SocketIoMemory(string Server, int Connections, long Before, long After)
{
    private const int FirstConnections = 300;

    public long Each => (After - Before) / Connections;

    public static async Task<SocketIoMemory> MeasureAsync(SocketIoVariant variant, int connections, TimeSpan settle)
    {
        await using var server = await SocketIoServer.StartAsync(variant);
        // What comes with the first connections, compiled code above all, is not theirs.
        using (var first = new SocketIoFleet()) await first.OpenAsync(server.Address, FirstConnections);
        await Task.Delay(settle);
        var before = server.ResidentBytes();
        using var fleet = new SocketIoFleet();
        await fleet.OpenAsync(server.Address, connections);
        await Task.Delay(settle);
        if (fleet.Closed > 0) throw new InvalidOperationException($"{variant.Name} closed {fleet.Closed} connections.");
        return new SocketIoMemory(variant.Name, connections, before, server.ResidentBytes());
    }
}
