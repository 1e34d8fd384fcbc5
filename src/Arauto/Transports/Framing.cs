using System.Buffers;
using Arauto.Protocol.Frames;

namespace Arauto.Transports;

/// <summary>How a transport wraps an encoded payload on the wire. Stateless singletons, so that the result can be shared by all receivers with the same framing.</summary>
/// <remarks>
/// A compressed framing starts each message with a fresh window (<c>server_no_context_takeover</c>): a window per
/// connection would cost 40 KB and one compression per receiver.
/// </remarks>
internal abstract class Framing
{
    private static int _count;

    /// <summary>A small number, unique per framing, that indexes caches of encoded frames.</summary>
    public int Index { get; } = Interlocked.Increment(ref _count) - 1;

    /// <summary>Wraps a frame. Whether payloads are text (UTF-8) or binary on the wire is part of the framing; so is compression.</summary>
    /// <param name="frame">What the payload says. A framing without a place for it writes nothing, and nothing is sent.</param>
    /// <param name="payload">The encoded frame.</param>
    /// <param name="output">Where to.</param>
    public abstract void Write(ServerFrame frame, ReadOnlySpan<byte> payload, IBufferWriter<byte> output);

    /// <summary>Whether the client's cursor is to be written in front of a frame, since the frame itself does not tell it whole.</summary>
    /// <param name="isMessage">Whether it is a message, rather than a gap or the first frame.</param>
    public virtual bool NeedsCursor(bool isMessage) => false;

    /// <summary>Writes the cursor that is the client's once it has the frame that follows.</summary>
    /// <exception cref="NotSupportedException">The framing never <see cref="NeedsCursor"/>.</exception>
    public virtual void WriteCursor(ReadOnlySpan<byte> cursor, IBufferWriter<byte> output) => throw new NotSupportedException();
}
