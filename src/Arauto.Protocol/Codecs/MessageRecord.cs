using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>A message as bytes without its channel and position, for logs that keep bytes and for hints between nodes. Pure functions.</summary>
/// <remarks>
/// Version 1: the byte 1; id (16 bytes, as in text form); timestamp in milliseconds since 1970 (8); then four parts, each
/// a length (4) and that many bytes: event, sender, envelope, data. Numbers are little-endian. The length -1 stands for no
/// sender or no envelope.
/// </remarks>
public static class MessageRecord
{
    private const byte Version = 1;
    private const int HeadLength = 1 + 16 + 8;

    /// <summary>Writes a message.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="timestamp">When the server took it; whole milliseconds are kept.</param>
    /// <param name="event">The event.</param>
    /// <param name="from">The user who published it; <see langword="null"/> for the server.</param>
    /// <param name="envelope">What it says beyond event and data, or <see langword="null"/>.</param>
    /// <param name="data">The payload: JSON as UTF-8.</param>
    public static byte[] Encode(Guid id, DateTimeOffset timestamp, string @event, string? from, MessageEnvelope? envelope, ReadOnlySpan<byte> data)
    {
        var kept = envelope?.Encode();
        var eventLength = Encoding.UTF8.GetByteCount(@event);
        var fromLength = from is null ? 0 : Encoding.UTF8.GetByteCount(from);
        var bytes = new byte[HeadLength + (4 * 4) + eventLength + fromLength + (kept?.Length ?? 0) + data.Length];
        bytes[0] = Version;
        id.TryWriteBytes(bytes.AsSpan(1), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(17), timestamp.ToUnixTimeMilliseconds());
        var rest = bytes.AsSpan(HeadLength);
        Encoding.UTF8.GetBytes(@event, Part(ref rest, eventLength));
        if (from is null) Part(ref rest, -1);
        else Encoding.UTF8.GetBytes(from, Part(ref rest, fromLength));
        if (kept is null) Part(ref rest, -1);
        else kept.CopyTo(Part(ref rest, kept.Length));
        data.CopyTo(Part(ref rest, data.Length));
        return bytes;
    }

    /// <summary>Writes a message.</summary>
    public static byte[] Encode(MessageFrame message) =>
        Encode(message.Id, message.Timestamp, message.Event, message.From, message.Envelope, message.Data.Span);

    /// <summary>Reads what <see cref="Encode(MessageFrame)"/> wrote; the data stays where it is in <paramref name="record"/>.</summary>
    /// <returns><see langword="false"/> if the bytes are not such, or of a newer version.</returns>
    public static bool TryDecode(string channel, Position position, ReadOnlyMemory<byte> record, [NotNullWhen(true)] out MessageFrame? message)
    {
        message = null;
        if (record.Length < HeadLength || record.Span[0] != Version) return false;
        var head = record.Span;
        var milliseconds = BinaryPrimitives.ReadInt64LittleEndian(head[17..]);
        if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return false;
        var rest = record[HeadLength..];
        if (!TryReadPart(ref rest, out var name) || !TryReadPart(ref rest, out var from) || !TryReadPart(ref rest, out var kept) || !TryReadPart(ref rest, out var data)) return false;
        if (name is null || data is null || !rest.IsEmpty) return false;
        MessageEnvelope? envelope = null;
        if (kept is not null && !MessageEnvelope.TryDecode(kept.Value, out envelope)) return false;
        message = new MessageFrame
        {
            Event = Encoding.UTF8.GetString(name.Value.Span),
            Channel = channel,
            Data = data.Value,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            Id = new Guid(head.Slice(1, 16), bigEndian: true),
            Position = position,
            From = from is null ? null : Encoding.UTF8.GetString(from.Value.Span),
            Envelope = envelope,
        };
        return true;
    }

    /// <summary>Writes a part's length and gives its place.</summary>
    private static Span<byte> Part(ref Span<byte> rest, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, length);
        var part = rest.Slice(4, Math.Max(0, length));
        rest = rest[(4 + part.Length)..];
        return part;
    }

    private static bool TryReadPart(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte>? part)
    {
        part = null;
        if (rest.Length < 4) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[4..];
        if (length == -1) return true;
        if (length < 0 || length > rest.Length) return false;
        part = rest[..length];
        rest = rest[length..];
        return true;
    }
}
