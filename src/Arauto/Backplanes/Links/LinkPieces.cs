using System.Buffers;
using System.Buffers.Binary;

namespace Arauto.Backplanes.Links;

/// <summary>The way in of a link: puts records together again from the pieces of batches. Not safe for concurrent use.</summary>
internal sealed class LinkPieces
{
    private ArrayBufferWriter<byte>? _begun;

    /// <summary>Takes the pieces of the next batch.</summary>
    /// <param name="pieces">As <see cref="LinkBatches"/> made them.</param>
    /// <param name="received">Is called with each record that is whole.</param>
    /// <returns>Whether they are what they should be.</returns>
    public bool TryTake(ReadOnlyMemory<byte> pieces, Action<ReadOnlyMemory<byte>> received)
    {
        while (!pieces.IsEmpty)
        {
            if (pieces.Length < LinkBatches.PieceHeader) return false;
            var header = BinaryPrimitives.ReadUInt32BigEndian(pieces.Span);
            var length = (int)(header & ~LinkBatches.GoesOn);
            pieces = pieces[LinkBatches.PieceHeader..];
            if (length == 0 || length > pieces.Length) return false;
            var piece = pieces[..length];
            pieces = pieces[length..];
            if ((header & LinkBatches.GoesOn) == 0) received(Finish(piece));
            else if (!TryBegin(piece)) return false;
        }
        return true;
    }

    private bool TryBegin(ReadOnlyMemory<byte> piece)
    {
        _begun ??= new ArrayBufferWriter<byte>(2 * LinkBatches.MaxBatchBytes);
        if (_begun.WrittenCount + piece.Length > NodeLink.MaxRecordBytes) return false;
        _begun.Write(piece.Span);
        return true;
    }

    private ReadOnlyMemory<byte> Finish(ReadOnlyMemory<byte> piece)
    {
        if (_begun is null) return piece;
        _begun.Write(piece.Span);
        var record = _begun.WrittenMemory;
        _begun = null;
        return record;
    }
}
