using Arauto.Connections;
using Arauto.Metrics;
using Arauto.Protocols;

namespace Arauto.Hubs;

/// <summary>A message posted to one lane: the fan-out's last step.</summary>
internal sealed class DeliveryWork(Lane lane, string channel, SharedFrame frame, string? owner, Hub hub, ArautoMetrics metrics) : LaneWork
{
    public override void Run()
    {
        // Looked up now and not when the message was posted: who of the user's connections came or went meanwhile, this lane knows.
        var receivers = lane.Audiences.Deliver(channel, frame, owner is null ? [] : hub.ConnectionsOf(owner));
        if (receivers == 0) return;
        metrics.MessageDelivered(receivers);
        if (channel.StartsWith("notifications:", StringComparison.Ordinal)) metrics.NotificationSent(receivers);
    }
}
