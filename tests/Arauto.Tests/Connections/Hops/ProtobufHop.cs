using System.Buffers;
using System.Net.WebSockets;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>WebSocket with Protocol Buffers.</summary>
internal sealed class ProtobufHop(INode node, string user) : Hop
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private readonly Queue<MessageFrame> _messages = new();

    public override async Task OpenAsync(ClientPlace place)
    {
        _socket.Options.AddSubProtocol(ProtobufCodec.Instance.Subprotocol);
        _socket.Options.SetRequestHeader("Authorization", $"Bearer {node.Token(user)}");
        using var timeout = new CancellationTokenSource(WireClient.Deadline);
        await _socket.ConnectAsync(node.WebSocket, timeout.Token);
        long id = 0;
        foreach (var channel in place.Channels)
        {
            var output = new ArrayBufferWriter<byte>();
            ProtobufCodec.Instance.EncodeCommand(new SubscribeCommand { Id = ++id, Channel = channel, Since = place.Cursor(channel) }, output);
            await _socket.SendAsync(output.WrittenMemory, WebSocketMessageType.Binary, true, timeout.Token);
            SubscribeReply? reply;
            while ((reply = await NextAsync() as SubscribeReply) is null)
            {
            }
            Assert.True(reply.Resumed);
        }
    }

    public override async Task<int> TakeAsync(ClientPlace place)
    {
        while (_messages.Count == 0) await NextAsync();
        var message = _messages.Dequeue();
        place.Take(new() { ["channel"] = message.Channel, ["id"] = message.Id.ToString(), ["cursor"] = message.Cursor });
        return 1;
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ServerFrame> NextAsync()
    {
        using var timeout = new CancellationTokenSource(WireClient.Deadline);
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer.AsMemory(length), timeout.Token);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
        Assert.True(ProtobufCodec.Instance.TryDecodeFrame(_buffer.AsSpan(0, length), out var frame, out var error), error?.Message);
        Assert.IsNotType<GapFrame>(frame);
        Assert.IsNotType<ErrorFrame>(frame);
        if (frame is MessageFrame message) _messages.Enqueue(message);
        return frame;
    }
}
