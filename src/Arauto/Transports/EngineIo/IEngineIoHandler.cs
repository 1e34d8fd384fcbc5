namespace Arauto.EngineIo;

/// <summary>What happens to the sessions of one address. Called in this order for a session, and never at the same time for one session.</summary>
/// <remarks>An exception is logged and closes the session. What is told by <see cref="OnOpened"/> and <see cref="OnClosed"/> is told where it happened, so neither may block.</remarks>
public interface IEngineIoHandler
{
    /// <summary>A session is open; what is sent here goes out behind the open packet.</summary>
    void OnOpened(EngineIoSession session);

    /// <summary>A message came. Until the task has completed nothing more is read from the client, which feels it, and its heartbeat is not judged.</summary>
    ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message);

    /// <summary>The session is over. Called exactly once, last.</summary>
    void OnClosed(EngineIoSession session, EngineIoCloseReason reason);
}
