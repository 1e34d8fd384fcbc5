using Arauto.EngineIo;

namespace Arauto.Transports.EngineIo;

/// <summary>A handler that sends with <see cref="EngineIoSession.SendFrames"/>.</summary>
internal interface IEngineIoFrameHandler : IEngineIoHandler
{
    /// <summary>
    /// The frames of the last <see cref="EngineIoSession.SendFrames"/> that returned <see langword="false"/> are on their way.
    /// May come from any thread, also before that call has returned.
    /// </summary>
    void OnSendCompleted(EngineIoSession session);

    /// <summary>The session goes on over WebSocket.</summary>
    void OnUpgraded(EngineIoSession session)
    {
    }
}
