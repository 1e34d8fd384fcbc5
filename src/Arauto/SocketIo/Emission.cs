using Arauto.Gateways;

namespace Arauto.SocketIo;

/// <summary>An event on its way into channels.</summary>
/// <param name="Name">The event.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Channels">The channels, at least one; who is in several gets it once.</param>
/// <param name="Except">Channels whose sockets do not get it.</param>
/// <param name="Flags">How.</param>
internal readonly record struct Emission(string Name, EventArguments Arguments, IReadOnlyList<string> Channels, IReadOnlyList<string> Except, EmitFlags Flags);
