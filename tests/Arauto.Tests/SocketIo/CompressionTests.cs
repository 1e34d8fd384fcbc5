using Arauto.Gateways;
using Arauto.Tests.Support;

namespace Arauto.Tests.SocketIo;

/// <summary>permessage-deflate under Socket.IO, and the flag that leaves it out.</summary>
public sealed class CompressionTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("the same again ", 400));

    [Fact]
    public async Task Events_are_compressed_where_both_sides_can_unless_the_flag_says_no()
    {
        await using var node = await TestNode.StartAsync(map: app => app.MapGateway("/"), socketIo: options => options.Engine.Compression = true);
        await using var wire = await RawSocket.ConnectAsync(node, "permessage-deflate");
        await using var plain = await RawSocket.ConnectAsync(node, null);
        var sockets = node.Get<SocketServer>();

        await sockets.EmitAsync("text", Text);
        await sockets.Of("/").Compress(false).EmitAsync("text", Text);
        await sockets.Of("/").Compress(true).EmitAsync("text", new { bytes = new byte[4000] });

        Assert.InRange(await wire.FrameAsync(compressed: true), 1, Text.Length / 5);
        Assert.InRange(await wire.FrameAsync(compressed: false), Text.Length, Text.Length * 2);
        Assert.InRange(await wire.FrameAsync(compressed: false), 1, 250);
        Assert.InRange(await wire.FrameAsync(compressed: true), 1, 400);
        Assert.InRange(await plain.FrameAsync(compressed: false), Text.Length, Text.Length * 2);
    }
}
