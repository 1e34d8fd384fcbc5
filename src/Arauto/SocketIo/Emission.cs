using Arauto.Gateways;
using Arauto.SocketIo.Cluster;

namespace Arauto.SocketIo;

/// <summary>An event on its way into channels.</summary>
/// <param name="Name">The event.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Channels">The channels, at least one; who is in several gets it once.</param>
/// <param name="Except">Channels whose sockets do not get it.</param>
/// <param name="Flags">How.</param>
internal readonly record struct Emission(string Name, EventArguments Arguments, IReadOnlyList<string> Channels, IReadOnlyList<string> Except, EmitFlags Flags)
{
    /// <summary>The same by the names of rooms, for other servers; <see langword="null"/> if it concerns a socket of this node alone.</summary>
    public Recipients? To { get; init; }
}
