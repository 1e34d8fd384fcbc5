using System.Buffers;

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

    /// <summary>Whether payloads are text (UTF-8) or binary on the wire is part of the framing; so is compression.</summary>
    public abstract void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output);
}
