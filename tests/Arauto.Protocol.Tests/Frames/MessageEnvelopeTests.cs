using System.Text;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Tests.Frames;

public sealed class MessageEnvelopeTests(ITestOutputHelper output)
{
    [Fact]
    public void What_was_encoded_is_read_again()
    {
        var envelope = new MessageEnvelope
        {
            Namespace = "/dökumente",
            Arguments = "[1,{\"_placeholder\":true,\"num\":0}]"u8.ToArray(),
            Attachments = [new byte[] { 1, 2, 3 }, ReadOnlyMemory<byte>.Empty],
            Except = ["room:a", "io:/:x"],
            Earlier = [KeyValuePair.Create("room:b", new Position(Epoch.Create(), 42))],
            IsUncompressed = true,
        };

        Assert.True(MessageEnvelope.TryDecode(envelope.Encode(), out var read));

        Assert.Equal(envelope.Namespace, read.Namespace);
        Assert.Equal(Encoding.UTF8.GetString(envelope.Arguments.Span), Encoding.UTF8.GetString(read.Arguments.Span));
        Assert.Equal(envelope.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)), read.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)));
        Assert.Equal(envelope.Except, read.Except);
        Assert.Equal(envelope.Earlier, read.Earlier);
        Assert.True(read.IsUncompressed);
    }

    [Fact]
    public void Bytes_that_are_cut_or_of_another_version_are_refused()
    {
        var bytes = new MessageEnvelope { Namespace = "/", Except = ["a", "b"], Earlier = [KeyValuePair.Create("c", new Position(Epoch.Create(), 1))] }.Encode();
        for (var length = 0; length < bytes.Length; length++) Assert.False(MessageEnvelope.TryDecode(bytes.AsMemory(0, length), out _));
        bytes[0] = 99;
        Assert.False(MessageEnvelope.TryDecode(bytes, out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = Seed.Start(output);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (bytes.Length > 0) bytes[0] = 1;
            MessageEnvelope.TryDecode(bytes, out _);
        }
    }
}
