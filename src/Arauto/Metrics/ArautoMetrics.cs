#pragma warning disable CA1822, CS1591
namespace Arauto.Metrics;
internal sealed class ArautoMetrics
{
    public void ConnectionOpened(Arauto.Transports.TransportKind t, string p) { }
    public void ConnectionClosed(Arauto.Transports.TransportKind t, string p, string r) { }
    public void Connected(TimeSpan t) { }
    public void MessageReceived(int b) { }
    public void MessageDelivered(int n) { }
    public void Delivery(TimeSpan t) { }
    public void RoundTrip(TimeSpan t) { }
    public void Refused(Arauto.Protocol.ErrorCode c) { }
    public void HandshakeRefused(Arauto.Protocol.ErrorCode c) { }
    public void Gap(Arauto.Protocol.Frames.GapReason r) { }
    public void SlowConsumer(Arauto.Channels.SlowConsumerPolicy r) { }
    public void EphemeralDropped() { }
    public void Published(TimeSpan t) { }
    public void SubscriptionAdded() { }
    public void SubscriptionRemoved() { }
}
