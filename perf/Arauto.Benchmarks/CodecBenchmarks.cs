using System.Buffers;
using System.Text;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using BenchmarkDotNet.Attributes;

namespace Arauto.Benchmarks;

/// <summary>Bytes to a command and a message to bytes, for a payload of 128 bytes.</summary>
public class CodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly byte[] _publishJson = Encoding.UTF8.GetBytes($$"""{"type":"publish","id":7,"channel":"room:0195d6a0-7f00-7c00-8000-000000000001","event":"chat","data":{{Messages.Payload}}}""");
    private readonly MessageFrame _message = Messages.Create("room:0195d6a0-7f00-7c00-8000-000000000001", new Position(Epoch.Create(), 42));
    private byte[] _publishProtobuf = [];

    [GlobalSetup]
    public void SetUp()
    {
        JsonCodec.Instance.TryDecodeCommand(_publishJson, out var command, out _, out _);
        var output = new ArrayBufferWriter<byte>();
        ProtobufCodec.Instance.EncodeCommand(command!, output);
        _publishProtobuf = output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public void DecodePublishJson() => Decode(JsonCodec.Instance, _publishJson);

    [Benchmark]
    public void DecodePublishProtobuf() => Decode(ProtobufCodec.Instance, _publishProtobuf);

    [Benchmark]
    public void EncodeMessageJson() => Encode(JsonCodec.Instance);

    [Benchmark]
    public void EncodeMessageProtobuf() => Encode(ProtobufCodec.Instance);

    private static void Decode(INativeCodec codec, byte[] bytes)
    {
        if (!codec.TryDecodeCommand(bytes, out _, out var error, out _)) throw new InvalidOperationException(error.Message);
    }

    private void Encode(INativeCodec codec)
    {
        _output.ResetWrittenCount();
        codec.EncodeFrame(_message, _output);
    }
}
