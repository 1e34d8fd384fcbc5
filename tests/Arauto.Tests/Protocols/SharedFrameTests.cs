using Arauto.Feeds;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Protocols;
using Arauto.Tests.Connections;
using Arauto.Tests.Feeds;
using Arauto.Tests.Support;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Protocols;

public sealed class SharedFrameTests
{
    [Fact]
    public void A_frame_is_encoded_once_per_codec_and_wrapped_once_per_format_however_many_ask_at_once()
    {
        FrameFormat[] formats =
        [
            FrameFormat.Get(JsonCodec.Instance, WebSocketFraming.Get(false, false)), FrameFormat.Get(JsonCodec.Instance, WebSocketFraming.Get(false, true)),
            FrameFormat.Get(ProtobufCodec.Instance, WebSocketFraming.Get(true, false)), FrameFormat.Get(ProtobufCodec.Instance, WebSocketFraming.Get(true, true)),
        ];
        for (var round = 0; round < 200; round++)
        {
            var frame = new SharedFrame(Message(round));
            var seen = new ReadOnlyMemory<byte>[16];
            Parallel.For(0, seen.Length, i => seen[i] = frame.In(formats[i % formats.Length]));

            Assert.Equal(2, frame.Encodings);
            for (var i = 0; i < seen.Length; i++) Assert.Equal(seen[i % formats.Length], seen[i]);
        }
    }

    [Fact]
    public async Task A_message_to_many_receivers_on_several_lanes_is_encoded_once()
    {
        await using var store = new ControlledStore();
        await using var node = await TestNode.StartAsync(options => options.Lanes = 4, store, time: new ManualTimeProvider(TimeProvider.System.GetUtcNow()));
        var clients = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => node.ConnectAsync($"user{i}", deflate: i % 2 == 0)));
        foreach (var client in clients) await client.SubscribeAsync("public:a");
        var hint = await store.AppendAsync("public:a");

        node.Get<FeedRegistry>().Hint(hint);

        foreach (var client in clients) Assert.Equal(1, (await client.ReceiveAsync("n")).Offset());
        Assert.Equal(1, hint.Encodings);
        foreach (var client in clients) await client.DisposeAsync();
    }

    private static MessageFrame Message(long offset) => new()
    {
        Event = "chat",
        Channel = "public:a",
        Data = "{\"content\":\"hi\"}"u8.ToArray(),
        Timestamp = DateTimeOffset.UnixEpoch,
        Id = Guid.CreateVersion7(),
        Position = new Position(new Epoch(7), offset),
    };
}
