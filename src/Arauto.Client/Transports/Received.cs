using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports;

/// <summary>What came in.</summary>
internal abstract record Received
{
    /// <summary>A frame of the server.</summary>
    /// <param name="Frame">Decoded.</param>
    /// <param name="Bytes">As it stood on the wire.</param>
    internal sealed record Framed(ServerFrame Frame, ReadOnlyMemory<byte> Bytes) : Received;

    /// <summary>The places of all subscriptions at this point of the frames.</summary>
    /// <param name="Cursor">A cursor that names them all.</param>
    internal sealed record Places(string Cursor) : Received;

    /// <summary>A frame that this version does not understand.</summary>
    /// <param name="Reason">What is wrong with it.</param>
    internal sealed record Unreadable(string Reason) : Received;

    /// <summary>The end; nothing follows.</summary>
    /// <param name="End">Why.</param>
    internal sealed record Ended(LinkEnd End) : Received;
}
