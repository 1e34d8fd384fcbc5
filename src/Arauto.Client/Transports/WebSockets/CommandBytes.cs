using System.Buffers;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.WebSockets;

/// <summary>Encodes commands into memory of their own, so that they can be queued and sent again.</summary>
internal static class CommandBytes
{
    /// <summary>The command's frame.</summary>
    public static ReadOnlyMemory<byte> Of(INativeCodec codec, ClientCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        codec.EncodeCommand(command, buffer);
        return buffer.WrittenMemory;
    }
}
