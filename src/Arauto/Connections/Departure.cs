using Arauto.Protocol;

namespace Arauto.Connections;

/// <summary>A room that a socket left.</summary>
/// <param name="Channel">The room's channel.</param>
/// <param name="Origin">Where the socket came in.</param>
/// <param name="Sent">The last place that was sent to it.</param>
internal readonly record struct Departure(string Channel, Position Origin, Position Sent);
