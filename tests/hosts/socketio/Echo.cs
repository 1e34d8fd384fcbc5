using Arauto.EngineIo;

namespace Arauto.SocketIoHost;

/// <summary>Sends every message of Engine.IO back as it came.</summary>
internal sealed class Echo : IEngineIoHandler
{
    public void OnOpened(EngineIoSession session)
    {
    }

    public ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message)
    {
        Send(session, message);
        return default;
    }

    public void OnClosed(EngineIoSession session, EngineIoCloseReason reason)
    {
    }

    public static void Send(EngineIoSession session, EngineIoMessage message)
    {
        if (message.IsBinary) session.Send(message.Data);
        else session.Send(System.Text.Encoding.UTF8.GetString(message.Data.Span));
    }
}
