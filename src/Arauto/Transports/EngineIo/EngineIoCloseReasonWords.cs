namespace Arauto.EngineIo;

/// <summary>The field's words for the ends of sessions.</summary>
public static class EngineIoCloseReasonWords
{
    /// <summary>The word, such as <c>transport close</c>.</summary>
    public static string Word(this EngineIoCloseReason reason) => reason switch
    {
        EngineIoCloseReason.TransportClose => "transport close",
        EngineIoCloseReason.TransportError => "transport error",
        EngineIoCloseReason.PingTimeout => "ping timeout",
        EngineIoCloseReason.ForcedClose => "forced close",
        EngineIoCloseReason.ParseError => "parse error",
        EngineIoCloseReason.ServerShuttingDown => "server shutting down",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
