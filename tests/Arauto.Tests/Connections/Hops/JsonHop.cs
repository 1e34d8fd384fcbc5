using System.Text.Json.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>WebSocket with JSON.</summary>
internal sealed class JsonHop(INode node, string user, Random random) : Hop
{
    private WireClient? _client;

    public override async Task OpenAsync(ClientPlace place)
    {
        _client = await node.ConnectAsync(user, deflate: random.Next(2) == 0);
        foreach (var channel in place.Channels.OrderBy(_ => random.Next()))
        {
            var since = place.Cursor(channel);
            var reply = (await _client.SubscribeAsync(channel, since)).IsReply();
            Assert.Equal(since is not null, (bool)reply["resumed"]!);
            if (since is null) place.Begin(channel, reply.Cursor(), (int)reply.Offset());
        }
    }

    public override async Task<int> TakeAsync(ClientPlace place)
    {
        JsonObject frame;
        do frame = await _client!.ReceiveAsync();
        while (!IsMessage(frame));
        place.Take(frame);
        return 1;
    }

    /// <summary>Everything that is still on its way; used where no more is published.</summary>
    public async Task DrainAsync(ClientPlace place)
    {
        foreach (var frame in await _client!.DrainAsync())
            if (IsMessage(frame)) place.Take(frame);
    }

    /// <summary>Half of the time as a browser tab that is closed, half as a cable that is pulled.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_client is null) return;
        if (random.Next(2) == 0) _client.Socket.Abort();
        await _client.DisposeAsync();
    }
}
