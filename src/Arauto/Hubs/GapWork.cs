using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Hubs;

/// <summary>The news that a channel goes on elsewhere, posted to one lane.</summary>
internal sealed class GapWork(Lane lane, GapFrame gap, Position next) : LaneWork
{
    public override void Run() => lane.Audiences.Skip(gap.Channel, gap, next);
}
