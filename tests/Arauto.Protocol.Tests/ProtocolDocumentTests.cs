using System.Buffers;
using System.Text;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Tests;

/// <summary>The examples of docs/protocol.md are what the codec reads and writes.</summary>
public sealed class ProtocolDocumentTests
{
    public static TheoryData<string> Commands => [.. Examples("```json client")];

    public static TheoryData<string> Frames => [.. Examples("```json server")];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_in_the_docs_is_what_a_client_writes(string example)
    {
        Assert.True(JsonCodec.Instance.TryDecodeCommand(Encoding.UTF8.GetBytes(example), out var command, out var error, out _), error?.Message);
        var buffer = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeCommand(command, buffer);
        Assert.Equal(example, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Frame_in_the_docs_is_what_a_server_writes(string example)
    {
        Assert.True(JsonCodec.Instance.TryDecodeFrame(Encoding.UTF8.GetBytes(example), out var frame, out var error), error?.Message);
        var buffer = new ArrayBufferWriter<byte>();
        JsonCodec.Instance.EncodeFrame(frame, buffer);
        Assert.Equal(example, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void Every_command_and_every_frame_has_an_example()
    {
        Assert.Equal(KindsOf(typeof(ClientCommand)), Examples("```json client").Select(ReadCommand).Distinct().Order());
        Assert.Equal(KindsOf(typeof(ServerFrame)), Examples("```json server").Select(ReadFrame).Distinct().Order());
    }

    private static IEnumerable<string> KindsOf(Type root) =>
        // What is not kept has no form in this protocol.
        root.Assembly.GetTypes().Where(type => type.IsSubclassOf(root) && !type.IsAbstract && type != typeof(EphemeralEventFrame)).Select(type => type.Name).Order();

    private static string ReadCommand(string example) =>
        JsonCodec.Instance.TryDecodeCommand(Encoding.UTF8.GetBytes(example), out var command, out _, out _) ? command.GetType().Name : example;

    private static string ReadFrame(string example) =>
        JsonCodec.Instance.TryDecodeFrame(Encoding.UTF8.GetBytes(example), out var frame, out _) ? frame.GetType().Name : example;

    private static IEnumerable<string> Examples(string fence)
    {
        var lines = File.ReadAllLines(Repository.PathOf("docs", "protocol.md"));
        for (var i = 0; i < lines.Length; i++)
            if (lines[i] == fence) yield return lines[i + 1];
    }
}
