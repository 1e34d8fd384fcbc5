using Arauto.Protocol.Frames;

namespace Arauto.Client.Sessions;

/// <summary>What a session tells its client, one call at a time and in order. Implementations do not throw.</summary>
internal interface ISessionObserver
{
    /// <summary>The connection's state changed.</summary>
    void OnStatus(ConnectionStatus status);

    /// <summary>A try to connect over a transport, or a probe of it, failed.</summary>
    void OnTransportFailed(TransportKind kind, string reason);

    /// <summary>A frame that is neither an answer to a call nor a message of a subscription.</summary>
    void OnEvent(ServerFrame frame);

    /// <summary>A message of a channel nobody here has subscribed to.</summary>
    void OnMessage(Message message);

    /// <summary>A frame came that this version does not understand.</summary>
    void OnUnreadable(string reason);
}
