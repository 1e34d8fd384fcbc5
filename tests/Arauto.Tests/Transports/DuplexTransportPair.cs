namespace Arauto.Tests.Transports;

/// <summary>Both ends of a connection whose client can send.</summary>
internal abstract class DuplexTransportPair : TransportPair
{
    /// <summary>Sends one text message from the client.</summary>
    public abstract Task ClientSendAsync(string message);
}
