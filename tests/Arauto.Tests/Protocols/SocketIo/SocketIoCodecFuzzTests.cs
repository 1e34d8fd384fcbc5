using System.Text;
using Arauto.Gateways;
using Arauto.Protocols.SocketIo;
using Arauto.Tests.Support;

namespace Arauto.Tests.Protocols.SocketIo;

public sealed class SocketIoCodecFuzzTests
{
    private const int MaxAttachments = 10;

    private static readonly string[] Pieces =
    [
        "0", "1", "2", "3", "4", "5", "6", "51-", "62-", "511-", "5-", "/", "/custom", "/custom,", ",", "12", "9007199254740993", "[", "]", "{", "}", "\"a\"", "\"connect\"", "\"\\ud800\"", ":", "null",
        "[\"a\"]", "[\"a\",1]", "{\"_placeholder\":true,\"num\":0}", "{\"_placeholder\":true,\"num\":9}", "[\"a\",{\"_placeholder\":true,\"num\":0}]", "\u001e", "\u0000", "é", "😀", " ", "\n", "-", "1e9", "[[[[", "{\"a\":[",
    ];

    [Fact]
    public void What_is_encoded_is_read_again_with_nested_binary()
    {
        var random = Seed.CreateRandom();
        for (var round = 0; round < 3000; round++)
        {
            var binary = new List<byte[]>();
            var values = Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth: 0, binary)).ToArray();
            var arguments = EventArguments.From(values);
            Assert.Equal(binary, arguments.Attachments.Select(bytes => bytes.ToArray()));

            string ns = random.Next(2) == 0 ? "/" : "/" + Text(random).Replace(",", "");
            long? id = random.Next(2) == 0 ? null : random.NextInt64(1L << 53);
            var isAck = id is not null && random.Next(2) == 0;
            var name = "e" + Text(random);
            var packet = EncodedPacket.Of(output =>
            {
                if (isAck) SocketIoEncoder.Ack(output, ns, id!.Value, arguments);
                else SocketIoEncoder.Event(output, ns, id, name, arguments);
            });

            var result = packet.Decode(new SocketIoDecoder(MaxAttachments));
            Assert.True(result.Status == SocketIoDecodeStatus.Packet, $"{packet.Text}: {result.Violation}");
            var read = result.Packet!;
            Assert.Equal((isAck ? SocketIoPacketKind.Ack : SocketIoPacketKind.Event, ns, id, isAck ? null : name), (read.Kind, read.Namespace, read.Id, read.Event));
            Assert.Equal(Encoding.UTF8.GetString(arguments.Json.Span), Encoding.UTF8.GetString(read.Arguments.Json.Span));
            Assert.Equal(binary, read.Arguments.Attachments.Select(bytes => bytes.ToArray()));
            Assert.Equal(values.Length, read.Arguments.Count);
        }
    }

    [Fact]
    public void Whatever_comes_the_decoder_answers_and_what_it_takes_can_be_sent_on()
    {
        var random = Seed.CreateRandom();
        var decoder = new SocketIoDecoder(MaxAttachments);
        var packets = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var input = Input(random);
            var result = random.Next(5) == 0 ? decoder.AddBinary(input) : decoder.Add(input);
            if (result.Status == SocketIoDecodeStatus.Violation) decoder = new SocketIoDecoder(MaxAttachments);
            if (result is not { Status: SocketIoDecodeStatus.Packet, Packet.Event: { } name }) continue;
            packets++;
            var packet = result.Packet;
            Assert.InRange(packet.Arguments.Attachments.Count, 0, MaxAttachments);
            var again = EncodedPacket.Of(output => SocketIoEncoder.Event(output, packet.Namespace, packet.Id, name, packet.Arguments)).Decode(new SocketIoDecoder(MaxAttachments));
            Assert.Equal(packet.Arguments.Json.ToArray(), again.Packet!.Arguments.Json.ToArray());
        }
        Assert.InRange(packets, 1000, int.MaxValue);
    }

    private static byte[] Input(Random random)
    {
        if (random.Next(4) == 0)
        {
            var noise = new byte[random.Next(20)];
            random.NextBytes(noise);
            return noise;
        }
        var pieces = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pieces[random.Next(Pieces.Length)]);
        var text = Encoding.UTF8.GetBytes(random.Next(2) == 0 ? string.Concat(pieces) : Packet(random));
        if (random.Next(4) == 0) text[random.Next(text.Length)] = (byte)random.Next(256);
        return text;
    }

    private static string Packet(Random random)
    {
        var arguments = EventArguments.From([Value(random, depth: 0, [])]);
        return EncodedPacket.Of(output => SocketIoEncoder.Event(output, "/custom", 7, "a", arguments)).Text;
    }

    private static object? Value(Random random, int depth, List<byte[]> binary)
    {
        switch (random.Next(depth > 4 ? 6 : 8))
        {
            case 0: return null;
            case 1: return random.Next(2) == 0;
            case 2: return random.NextInt64();
            case 3: return random.NextDouble();
            case 4: return Text(random);
            case 5 when binary.Count < MaxAttachments:
                var bytes = new byte[random.Next(300)];
                random.NextBytes(bytes);
                binary.Add(bytes);
                return random.Next(4) switch { 0 => bytes, 1 => (ReadOnlyMemory<byte>)bytes, 2 => (Memory<byte>)bytes, _ => new ArraySegment<byte>(bytes) };
            case 6: return Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1, binary)).ToArray();
            case 7:
                var members = new Dictionary<string, object?>();
                for (var i = random.Next(4); i > 0; i--) members[$"{i}{Text(random)}"] = Value(random, depth + 1, binary);
                return members;
            default: return "x";
        }
    }

    private static string Text(Random random)
    {
        string[] parts = ["a", "\"", "\\", "\n", "\u001e", "\u2028", "é", "😀", "[", "{", ",", "</script>", "_placeholder", "1"];
        return string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => parts[random.Next(parts.Length)]));
    }
}
