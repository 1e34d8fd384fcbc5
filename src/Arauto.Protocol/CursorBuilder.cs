using System.Buffers.Text;

namespace Arauto.Protocol;

/// <summary>A cursor of several channels that moves on: the channels stay, their places change. Not safe for concurrent use.</summary>
/// <remarks>Names are hashed once, so that writing the cursor anew with each message costs a copy per channel.</remarks>
public sealed class CursorBuilder
{
    private readonly ulong[] _channels;
    private readonly Position[] _positions;

    /// <summary>Starts with all channels at the beginning of no log.</summary>
    /// <param name="channels">1 to <see cref="Cursor.MaxChannels"/> names.</param>
    /// <exception cref="ArgumentException">There are none or too many.</exception>
    public CursorBuilder(IReadOnlyList<string> channels)
    {
        ArgumentNullException.ThrowIfNull(channels);
        if (channels.Count is 0 or > Cursor.MaxChannels) throw new ArgumentException($"A cursor holds 1 to {Cursor.MaxChannels} channels.", nameof(channels));
        _channels = [.. channels.Select(Cursor.Hash)];
        _positions = new Position[channels.Count];
    }

    /// <summary>How many channels there are.</summary>
    public int Count => _channels.Length;

    /// <summary>Moves one channel.</summary>
    /// <param name="index">The channel's place in the list it was made with.</param>
    /// <param name="position">Where it is now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public void Set(int index, Position position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position.Offset, nameof(position));
        _positions[index] = position;
    }

    /// <summary>Whether the other one would be written the same.</summary>
    public bool IsSame(CursorBuilder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _channels.AsSpan().SequenceEqual(other._channels) && _positions.AsSpan().SequenceEqual(other._positions);
    }

    /// <summary>A copy that does not follow.</summary>
    public CursorBuilder Copy() => new(this);

    /// <summary>The cursor's text.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Cursor.MaxUnwrittenSize];
        return Base64Url.EncodeToString(bytes[..Cursor.Write(_channels, _positions, bytes)]);
    }

    /// <summary>Writes the cursor's text as UTF-8 (ASCII) without allocating.</summary>
    /// <param name="utf8">Where to; <see cref="MaxLength"/> bytes always suffice.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[Cursor.MaxUnwrittenSize];
        return Base64Url.EncodeToUtf8(bytes[..Cursor.Write(_channels, _positions, bytes)], utf8);
    }

    /// <summary>The most bytes that <see cref="Write"/> needs for these channels.</summary>
    public int MaxLength => Count * Cursor.MaxSingleLength;

    private CursorBuilder(CursorBuilder other)
    {
        _channels = other._channels;
        _positions = [.. other._positions];
    }
}
