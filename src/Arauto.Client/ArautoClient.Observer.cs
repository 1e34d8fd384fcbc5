using Arauto.Client.Sessions;
using Arauto.Protocol.Frames;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Client;

/// <content>From the session's notices to events.</content>
public sealed partial class ArautoClient
{
    private sealed class Observer(ArautoClient client) : ISessionObserver
    {
        private readonly ILogger _logger = client._options.Logger ?? NullLogger.Instance;

        public void OnStatus(ConnectionStatus status)
        {
            Log.StateChanged(_logger, status.State, status.Transport, status.RetryAfter?.TotalSeconds ?? 0, status.Reason);
            Raise(client.StatusChanged, status);
        }

        public void OnTransportFailed(TransportKind kind, string reason) => Log.TransportFailed(_logger, kind, reason);

        public void OnEvent(ServerFrame frame)
        {
            switch (frame)
            {
                case SubscribeReply reply: Raise(client.Subscribed, reply); break;
                case GapFrame gap: Raise(client.Gap, gap); break;
                case PresenceFrame presence: Raise(client.PresenceChanged, presence); break;
                case TypingFrame typing: Raise(client.Typing, typing); break;
                case ReceiptFrame receipt: Raise(client.ReceiptChanged, receipt); break;
                case ErrorFrame error: Raise(client.ErrorReceived, error); break;
            }
        }

        public void OnMessage(Message message) => Raise(client.MessageReceived, message);

        public void OnUnreadable(string reason) => Log.Unreadable(_logger, reason);

        // A handler's fault is not the connection's: it is logged, and the loop goes on.
        private void Raise<T>(EventHandler<T>? handler, T args)
        {
            try
            {
                handler?.Invoke(client, args);
            }
            catch (Exception error)
            {
                Log.HandlerFailed(_logger, error, typeof(T).Name);
            }
        }
    }
}
