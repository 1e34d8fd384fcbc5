using System.Collections.Concurrent;
using System.Collections.Immutable;
using Arauto.Connections;

namespace Arauto.SocketIo;

/// <summary>A socket whose client has gone and may come back. Immutable but for what handlers note in its data.</summary>
/// <param name="RecoveryId">The secret by which the client is known again.</param>
/// <param name="Id">The socket's id.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="User">Whose it is, and nobody else may take it over; <see langword="null"/> if it came without a token.</param>
/// <param name="Rooms">Its rooms with their channels.</param>
/// <param name="ByRight">The channels it is in because its user may.</param>
/// <param name="Data">What handlers noted.</param>
/// <param name="Places">Where it was in its rooms.</param>
/// <param name="Until">The timestamp from which it is forgotten.</param>
internal sealed record AwaySocket(
    string RecoveryId,
    string Id,
    string Namespace,
    string? User,
    ImmutableDictionary<string, string> Rooms,
    ImmutableHashSet<string> ByRight,
    ConcurrentDictionary<string, object?> Data,
    RoomSnapshot Places,
    long Until);
