using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

/// <summary>Where a subscription begins.</summary>
/// <param name="Position">Behind which position.</param>
/// <param name="Resumed">Whether it goes on exactly where the client was.</param>
/// <param name="Gap">What the client has missed for good, or <see langword="null"/>.</param>
internal readonly record struct StartingPoint(Position Position, bool Resumed, GapFrame? Gap)
{
    /// <summary>Whether the client named no place.</summary>
    public bool IsNow => !Resumed && Gap is null;
}
