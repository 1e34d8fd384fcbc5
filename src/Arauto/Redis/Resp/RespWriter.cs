using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Arauto.Redis.Resp;

/// <summary>Writes commands: an array of strings, in RESP2 and RESP3 alike. Pure.</summary>
internal static class RespWriter
{
    /// <summary>Room for a type, the most digits of a length, and two line ends.</summary>
    private const int Overhead = 1 + 11 + 2 + 2;

    /// <summary>About how many bytes a command takes; not counted are the server's name, and a script that is sent whole.</summary>
    public static long Measure(RedisCommand command)
    {
        long bytes = (2 * Overhead) + command.Name.Length;
        foreach (var arg in command.Args) bytes += Overhead + arg.Bytes.Length;
        return bytes;
    }

    /// <summary>Writes a command.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="command">The command.</param>
    /// <param name="sendScript">Whether to send its script whole.</param>
    /// <param name="serverRun">What <see cref="RedisArg.ServerRun"/> stands for.</param>
    public static void Write(IBufferWriter<byte> output, RedisCommand command, bool sendScript, ReadOnlySpan<byte> serverRun)
    {
        var args = command.Args;
        WriteHeader(output, '*', args.Length + 1);
        WriteName(output, sendScript ? "EVAL" : command.Name);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].IsServerRun) WriteBulk(output, serverRun);
            else WriteBulk(output, sendScript && i == 0 ? command.Script!.Source.Span : args[i].Bytes.Span);
        }
    }

    private static void WriteName(IBufferWriter<byte> output, string name)
    {
        Span<byte> bytes = stackalloc byte[64];
        WriteBulk(output, bytes[..Encoding.ASCII.GetBytes(name, bytes)]);
    }

    private static void WriteBulk(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        WriteHeader(output, '$', bytes.Length);
        var span = output.GetSpan(bytes.Length + 2);
        bytes.CopyTo(span);
        "\r\n"u8.CopyTo(span[bytes.Length..]);
        output.Advance(bytes.Length + 2);
    }

    private static void WriteHeader(IBufferWriter<byte> output, char type, int number)
    {
        var span = output.GetSpan(Overhead);
        span[0] = (byte)type;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        output.Advance(1 + digits + 2);
    }
}
