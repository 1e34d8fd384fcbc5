using System.Buffers.Binary;

namespace Arauto.Backplanes.Links;

/// <summary>
/// The way out of a link: records wait, are put together to numbered batches, and batches are kept until they have arrived.
/// Not safe for concurrent use.
/// </summary>
/// <remarks>A batch is pieces of records, each behind four bytes: its length, and in the highest bit whether the record goes on in the next piece.</remarks>
internal sealed class LinkBatches
{
    /// <summary>The highest bit in front of a piece.</summary>
    public const uint GoesOn = 0x8000_0000;

    /// <summary>What a piece costs besides its bytes.</summary>
    public const int PieceHeader = 4;

    /// <summary>The largest batch: enough to make many small records one message, and small enough that a large record holds nobody up for long.</summary>
    public const int MaxBatchBytes = 64 * 1024;

    private readonly Queue<ReadOnlyMemory<byte>> _records = [];
    private readonly List<Batch> _kept = [];
    private ReadOnlyMemory<byte> _rest;
    private int _next;
    private ulong _number;

    private readonly record struct Batch(ulong Number, byte[] Pieces);

    /// <summary>How many bytes wait or are kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many bytes are kept until they have arrived.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>The number of the first batch that is not known to have arrived.</summary>
    public ulong FirstKept => _kept is [var first, ..] ? first.Number : _number;

    /// <summary>Whether batches were handed out that are not known to have arrived.</summary>
    public bool IsWaitingForArrival => _next > 0;

    /// <summary>Adds a record, which is not empty and must not change any more.</summary>
    public void Add(ReadOnlyMemory<byte> record)
    {
        _records.Enqueue(record);
        Bytes += record.Length + PieceHeader;
    }

    /// <summary>The next batch to send.</summary>
    /// <param name="mayMake">Whether a new one may be made; otherwise only one that is sent again.</param>
    /// <param name="number">Its number.</param>
    /// <param name="pieces">What is in it.</param>
    public bool TryTake(bool mayMake, out ulong number, out byte[] pieces)
    {
        (number, pieces) = (0, []);
        if (_next == _kept.Count && (!mayMake || !TryMake())) return false;
        (number, pieces) = _kept[_next++];
        return true;
    }

    /// <summary>All that is not known to have arrived goes again.</summary>
    public void Rewind() => _next = 0;

    /// <summary>All batches before this number have arrived.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Arrived(ulong expected)
    {
        var count = _kept.FindIndex(batch => batch.Number >= expected);
        if (count < 0) count = _kept.Count;
        // Only what was sent can have arrived.
        count = Math.Min(count, _next);
        if (count == 0) return false;
        foreach (var (_, pieces) in _kept.Take(count))
        {
            Bytes -= pieces.Length;
            KeptBytes -= pieces.Length;
        }
        _kept.RemoveRange(0, count);
        _next -= count;
        return true;
    }

    private bool TryMake()
    {
        if (_rest.IsEmpty && _records.Count == 0) return false;
        var length = Measure();
        var pieces = new byte[length];
        for (var at = 0; at < length;)
        {
            if (_rest.IsEmpty) _rest = _records.Dequeue();
            var piece = Math.Min(_rest.Length, length - at - PieceHeader);
            BinaryPrimitives.WriteUInt32BigEndian(pieces.AsSpan(at), (uint)piece | (piece < _rest.Length ? GoesOn : 0));
            _rest.Span[..piece].CopyTo(pieces.AsSpan(at + PieceHeader));
            _rest = _rest[piece..];
            at += PieceHeader + piece;
            // What goes on costs another piece, which was not counted yet.
            if (!_rest.IsEmpty) Bytes += PieceHeader;
        }
        _kept.Add(new Batch(_number++, pieces));
        KeptBytes += length;
        return true;
    }

    /// <summary>How long the next batch is: whole records, and of the last as much as fits.</summary>
    private int Measure()
    {
        var length = _rest.IsEmpty ? 0 : PieceHeader + _rest.Length;
        foreach (var record in _records)
        {
            // A piece has at least one byte.
            if (length + PieceHeader >= MaxBatchBytes) break;
            length += PieceHeader + record.Length;
        }
        return Math.Min(length, MaxBatchBytes);
    }
}
