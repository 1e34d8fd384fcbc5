using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Arauto.Protocol;

/// <summary>
/// The places of a client in its channels, as opaque text that it hands back to resume. Immutable, safe from any thread.
/// </summary>
/// <remarks>
/// <para>
/// Bytes, before base64url (RFC 4648 section 5, no padding): version (1), per channel {FNV-1a 64 of the name's UTF-8,
/// epoch, offset as LEB128}, CRC-32C of all bytes before it; integers are little-endian. One channel takes at most 40 characters.
/// </para>
/// <para>
/// A channel is named by a hash because names have up to 255 characters and a cursor travels with every message; nothing
/// in it is secret. Should two names collide, a position of the wrong channel carries that channel's random epoch, so it
/// shows as a changed epoch (an announced gap), never as silently skipped messages.
/// </para>
/// <para>
/// The checksum finds text that was cut or altered by accident. It is no signature: rights are checked where a cursor is used.
/// </para>
/// </remarks>
public sealed class Cursor
{
    /// <summary>The most channels of one cursor.</summary>
    public const int MaxChannels = 128;

    /// <summary>
    /// The most characters of a cursor's text; longer text is refused before it is decoded.
    /// 128 channels fit as long as their offsets stay below 2^49.
    /// </summary>
    public const int MaxTextLength = 4096;

    /// <summary>The most characters of a cursor of one channel.</summary>
    public const int MaxSingleLength = 40;

    private const byte Version = 1;
    private const int ChecksumSize = 4;
    private const int FixedEntrySize = 16;
    private const int MaxOffsetSize = 9;
    private const int MaxSingleSize = 1 + FixedEntrySize + MaxOffsetSize + ChecksumSize;
    private const int MaxSize = MaxTextLength / 4 * 3;

    /// <summary>The bytes of <see cref="MaxChannels"/> channels, however large their offsets.</summary>
    internal const int MaxUnwrittenSize = 1 + MaxChannels * (FixedEntrySize + MaxOffsetSize) + ChecksumSize;

    private readonly Entry[] _entries;

    private Cursor(Entry[] entries, int count)
    {
        _entries = entries;
        Count = count;
    }

    /// <summary>How many channels have a place here.</summary>
    public int Count { get; }

    /// <summary>The cursor of one channel. Allocates only the text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public static string Encode(string channel, Position position)
    {
        Span<byte> bytes = stackalloc byte[MaxSingleSize];
        return Base64Url.EncodeToString(bytes[..WriteSingle(channel, position, bytes)]);
    }

    /// <summary>Writes the cursor of one channel as UTF-8 (ASCII) without allocating.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="position">The place in it.</param>
    /// <param name="utf8">Where to; <see cref="MaxSingleLength"/> bytes always suffice.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    /// <exception cref="ArgumentException"><paramref name="utf8"/> is too small.</exception>
    public static int Encode(string channel, Position position, Span<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[MaxSingleSize];
        return Base64Url.EncodeToUtf8(bytes[..WriteSingle(channel, position, bytes)], utf8);
    }

    /// <summary>The cursor of several channels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An offset is negative.</exception>
    /// <exception cref="ArgumentException">More than <see cref="MaxChannels"/>, or more than <see cref="MaxTextLength"/> characters would result.</exception>
    public static string Encode(IReadOnlyCollection<KeyValuePair<string, Position>> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        if (positions.Count > MaxChannels) throw new ArgumentException($"A cursor holds at most {MaxChannels} channels.", nameof(positions));
        Span<byte> bytes = stackalloc byte[MaxUnwrittenSize];
        bytes[0] = Version;
        var length = 1;
        foreach (var (channel, position) in positions) length += WriteEntry(channel, position, bytes[length..]);
        length = Seal(bytes, length);
        if (length > MaxSize) throw new ArgumentException($"The cursor would exceed {MaxTextLength} characters.", nameof(positions));
        return Base64Url.EncodeToString(bytes[..length]);
    }

    /// <summary>Reads a cursor.</summary>
    /// <returns><see langword="false"/> if the text is too long, cut, altered, or of another version.</returns>
    public static bool TryDecode([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Cursor? cursor)
    {
        cursor = null;
        if (text is null or { Length: > MaxTextLength } || !IsAlphabet(text)) return false;
        Span<byte> bytes = stackalloc byte[MaxSize];
        // TryDecodeFromChars throws on text that is not base64url; this overload does not.
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done) return false;
        if (length < 1 + ChecksumSize || bytes[0] != Version) return false;
        var sealedPart = bytes[..(length - ChecksumSize)];
        if (Checksum(sealedPart) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[sealedPart.Length..])) return false;
        return TryReadEntries(sealedPart[1..], out cursor);
    }

    /// <summary>The place in <paramref name="channel"/>, if the cursor has one.</summary>
    public bool TryGet(string channel, out Position position)
    {
        var hash = Hash(channel);
        for (var i = 0; i < Count; i++)
        {
            if (_entries[i].Hash != hash) continue;
            position = _entries[i].Position;
            return true;
        }
        position = default;
        return false;
    }

    private static bool TryReadEntries(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Cursor? cursor)
    {
        cursor = null;
        var entries = new Entry[Math.Min(bytes.Length / (FixedEntrySize + 1), MaxChannels)];
        var count = 0;
        while (!bytes.IsEmpty)
        {
            if (count == entries.Length) return false;
            var hash = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            var epoch = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            bytes = bytes[FixedEntrySize..];
            if (!TryReadOffset(ref bytes, out var offset)) return false;
            entries[count++] = new Entry(hash, new Position(new Epoch(epoch), offset));
            if (bytes.Length is > 0 and <= FixedEntrySize) return false;
        }
        cursor = new Cursor(entries, count);
        return true;
    }

    /// <summary>Writes the bytes of a cursor of channels whose names are hashed already.</summary>
    internal static int Write(ReadOnlySpan<ulong> channels, ReadOnlySpan<Position> positions, Span<byte> bytes)
    {
        bytes[0] = Version;
        var length = 1;
        for (var i = 0; i < channels.Length; i++) length += WriteEntry(channels[i], positions[i], bytes[length..]);
        return Seal(bytes, length);
    }

    private static int WriteSingle(string channel, Position position, Span<byte> bytes)
    {
        bytes[0] = Version;
        return Seal(bytes, 1 + WriteEntry(channel, position, bytes[1..]));
    }

    private static int WriteEntry(string channel, Position position, Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position.Offset, nameof(position));
        return WriteEntry(Hash(channel), position, bytes);
    }

    private static int WriteEntry(ulong hash, Position position, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, hash);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], position.Epoch.Value);
        var length = FixedEntrySize;
        var rest = (ulong)position.Offset;
        for (; rest >= 0x80; rest >>= 7) bytes[length++] = (byte)(rest | 0x80);
        bytes[length++] = (byte)rest;
        return length;
    }

    private static bool TryReadOffset(ref ReadOnlySpan<byte> bytes, out long offset)
    {
        offset = 0;
        for (var i = 0; i < bytes.Length && i < MaxOffsetSize; i++)
        {
            offset |= (long)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }

    private static int Seal(Span<byte> bytes, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[length..], Checksum(bytes[..length]));
        return length + ChecksumSize;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    // FNV-1a 64. string.GetHashCode differs from process to process; a cursor must be read by another node.
    internal static ulong Hash(string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        Span<byte> buffer = stackalloc byte[ChannelName.MaxLength * 3];
        var utf8 = channel.Length <= ChannelName.MaxLength ? buffer[..Encoding.UTF8.GetBytes(channel, buffer)] : Encoding.UTF8.GetBytes(channel);
        var hash = 14695981039346656037UL;
        foreach (var b in utf8) hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }

    // The framework's decoder forgives white space and padding; a cursor has exactly one text, so that altered text is found.
    private static bool IsAlphabet(string text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return true;
    }

    private readonly record struct Entry(ulong Hash, Position Position);
}
