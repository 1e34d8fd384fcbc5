using Arauto.Connections;
using Arauto.Protocol;

namespace Arauto.Hubs;

/// <summary>The end of subscriptions whose right has gone, posted to one lane.</summary>
internal sealed class EvictWork(Lane lane, string channel, Func<Connection, bool> mayStay, ProtocolError why) : LaneWork
{
    public override void Run() => lane.Audiences.Evict(channel, mayStay, why);
}
