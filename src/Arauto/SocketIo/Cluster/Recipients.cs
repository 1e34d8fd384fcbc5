namespace Arauto.SocketIo.Cluster;

/// <summary>Sockets by rooms, wherever in the cluster they are: those in any of the rooms, all if none is named, without those in any excepted room.</summary>
/// <param name="Rooms">The rooms.</param>
/// <param name="Except">The excepted rooms.</param>
internal sealed record Recipients(IReadOnlyList<string> Rooms, IReadOnlyList<string> Except)
{
    /// <summary>The name of no room.</summary>
    public const string NoRoom = "";

    /// <summary>Everybody.</summary>
    public static Recipients All { get; } = new([], []);
}
