using Arauto.Protocol;
using Arauto.Transports;

namespace Arauto.Connections;

/// <summary>
/// The cursor of a client whose channels all stand in its request: it has one cursor for all of them, and it moves with
/// each message that is handed to the transport. Lane-owned.
/// </summary>
internal sealed class ConnectionCursor(IReadOnlyList<string> channels, Framing framing)
{
    private readonly CursorBuilder _places = new(channels);

    /// <summary>Moves one channel.</summary>
    public void Set(int index, Position position) => _places.Set(index, position);

    /// <summary>Moves with a frame that is about to be sent.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="lines">The lane's lines.</param>
    /// <returns>What is to be sent before the frame; empty where the frame says it all.</returns>
    public ReadOnlyMemory<byte> Pass(in OutboundFrame frame, CursorLines lines)
    {
        if (frame.Subscription is { CursorIndex: >= 0 and var index }) _places.Set(index, new Position(frame.Epoch, frame.To));
        else if (frame.Kind != OutboundKind.Greeting) return default;
        return framing.NeedsCursor(frame.Kind == OutboundKind.Message) ? lines.Of(_places, framing) : default;
    }

    /// <summary>The cursor as text.</summary>
    public override string ToString() => _places.ToString();
}
