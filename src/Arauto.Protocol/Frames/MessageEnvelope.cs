using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Arauto.Protocol.Frames;

/// <summary>
/// What a message says beyond event and data, for protocols that have more: further arguments, binary attachments, whom it
/// is not for. Kept with the message in its log. Immutable.
/// </summary>
/// <remarks>Protocols that do not know it show event and data alone.</remarks>
public sealed class MessageEnvelope
{
    private const byte Version = 1;
    private const byte Uncompressed = 1;

    /// <summary>The most attachments, excepted channels and earlier channels that an envelope can have, of each.</summary>
    public const int MaxItems = 4096;

    /// <summary>The namespace (Socket.IO) whose sockets the message is for; sockets of another namespace in the same channel do not get it.</summary>
    public required string Namespace { get; init; }

    /// <summary>All arguments as a JSON array, with placeholders for <see cref="Attachments"/>; empty if the data is the only one.</summary>
    public ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>The binary parts of the arguments, in the order of their placeholders.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; init; } = [];

    /// <summary>Channels whose sockets do not get the message.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Whether the message is not to be compressed, also where a connection can.</summary>
    public bool IsUncompressed { get; init; }

    /// <summary>The other channels in which the same message was published before, and where: who got it there does not get it again.</summary>
    public IReadOnlyList<KeyValuePair<string, Position>> Earlier { get; init; } = [];

    /// <summary>The bytes it takes in a log, about.</summary>
    public int Size
    {
        get
        {
            var size = 32 + Namespace.Length + Arguments.Length;
            foreach (var attachment in Attachments) size += 4 + attachment.Length;
            foreach (var channel in Except) size += 4 + channel.Length;
            foreach (var (channel, _) in Earlier) size += 20 + channel.Length;
            return size;
        }
    }

    /// <summary>The same envelope for a further channel.</summary>
    public MessageEnvelope Behind(IReadOnlyList<KeyValuePair<string, Position>> earlier) => new()
    {
        Namespace = Namespace,
        Arguments = Arguments,
        Attachments = Attachments,
        Except = Except,
        Earlier = earlier,
        IsUncompressed = IsUncompressed,
    };

    /// <summary>The envelope as bytes, for logs that keep bytes.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(Size);
        output.Write([Version, IsUncompressed ? Uncompressed : (byte)0]);
        Write(output, Encoding.UTF8.GetBytes(Namespace));
        Write(output, Arguments.Span);
        Write(output, Attachments.Count);
        foreach (var attachment in Attachments) Write(output, attachment.Span);
        Write(output, Except.Count);
        foreach (var channel in Except) Write(output, Encoding.UTF8.GetBytes(channel));
        Write(output, Earlier.Count);
        foreach (var (channel, position) in Earlier)
        {
            Write(output, Encoding.UTF8.GetBytes(channel));
            var place = output.GetSpan(16);
            BinaryPrimitives.WriteUInt64LittleEndian(place, position.Epoch.Value);
            BinaryPrimitives.WriteInt64LittleEndian(place[8..], position.Offset);
            output.Advance(16);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns><see langword="false"/> if the bytes are not such, or of a newer version.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out MessageEnvelope? envelope)
    {
        envelope = null;
        if (bytes.Length < 2 || bytes.Span[0] != Version) return false;
        var flags = bytes.Span[1];
        var rest = bytes[2..];
        if (!TryRead(ref rest, out var name) || !TryRead(ref rest, out var arguments) || !TryReadCount(ref rest, out var attachmentCount)) return false;
        var attachments = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < attachmentCount; i++)
        {
            if (!TryRead(ref rest, out var attachment)) return false;
            attachments.Add(attachment);
        }
        if (!TryReadCount(ref rest, out var exceptCount)) return false;
        var except = new List<string>();
        for (var i = 0; i < exceptCount; i++)
        {
            if (!TryRead(ref rest, out var channel)) return false;
            except.Add(Encoding.UTF8.GetString(channel.Span));
        }
        if (!TryReadCount(ref rest, out var earlierCount)) return false;
        var earlier = new List<KeyValuePair<string, Position>>();
        for (var i = 0; i < earlierCount; i++)
        {
            if (!TryRead(ref rest, out var channel) || rest.Length < 16) return false;
            var position = new Position(
                new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(rest.Span)), BinaryPrimitives.ReadInt64LittleEndian(rest.Span[8..]));
            rest = rest[16..];
            earlier.Add(KeyValuePair.Create(Encoding.UTF8.GetString(channel.Span), position));
        }
        envelope = new MessageEnvelope
        {
            Namespace = Encoding.UTF8.GetString(name.Span),
            Arguments = arguments,
            Attachments = attachments,
            Except = except,
            Earlier = earlier,
            IsUncompressed = (flags & Uncompressed) != 0,
        };
        return rest.IsEmpty;
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Write(output, bytes.Length);
        output.Write(bytes);
    }

    private static void Write(ArrayBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static bool TryRead(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (rest.Length < 4) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (length < 0 || length > rest.Length - 4) return false;
        bytes = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return true;
    }

    private static bool TryReadCount(ref ReadOnlyMemory<byte> rest, out int count)
    {
        count = 0;
        if (rest.Length < 4) return false;
        count = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[4..];
        return count is >= 0 and <= MaxItems;
    }
}
