namespace Arauto.Client.Transports;

/// <summary>What transports are called.</summary>
internal static class TransportWords
{
    /// <summary>The word on the wire.</summary>
    public static string WireWord(this TransportKind kind) => kind switch
    {
        TransportKind.WebSocket => "websocket",
        TransportKind.ServerSentEvents => "sse",
        TransportKind.LongPolling => "poll",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
