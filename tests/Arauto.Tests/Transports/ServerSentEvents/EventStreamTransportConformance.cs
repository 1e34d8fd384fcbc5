namespace Arauto.Tests.Transports.ServerSentEvents;

public sealed class EventStreamTransportConformance : TransportConformance
{
    internal override async Task<TransportPair> ConnectAsync() => await EventStreamPair.ConnectAsync();
}
