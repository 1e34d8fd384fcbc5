using Arauto.Connections;
using Arauto.Protocols;

namespace Arauto.Hubs;

/// <summary>Something that is not kept (typing, presence, receipts) posted to one lane.</summary>
internal sealed class EphemeralWork(Lane lane, string channel, SharedFrame frame, Connection? except) : LaneWork
{
    public override void Run() => lane.Audiences.DeliverEphemeral(channel, frame, except);
}
