using Arauto.Gateways;

namespace Arauto.Samples.RequestLog;

/// <summary>What pages say that show the log.</summary>
internal sealed class RequestsGateway(RequestFeed feed) : Gateway
{
    /// <summary>Asks for the lines that pass a filter, in place of the one before. The answer is those that are there; the others follow as events <c>line</c> with the filter's number.</summary>
    [Event("watch", PerSecond = 5, Burst = 20)]
    public IReadOnlyList<RequestLine> Watch(RequestFilter filter, int number) =>
        filter.IsSensible ? feed.Watch(new Watcher(Socket, filter, number)) : throw new GatewayException("The filter is too long.");

    public override ValueTask OnDisconnectedAsync(string reason)
    {
        feed.Leave(Socket);
        return default;
    }
}
