namespace Arauto.Gateways.Binding;

/// <summary>What a handler is called for; decides which parameters it may have.</summary>
internal enum HandlerKind
{
    /// <summary>An event of a client.</summary>
    Event,

    /// <summary>Any event of a client, before its own handler.</summary>
    AnyEvent,

    /// <summary>An event of a server.</summary>
    ServerEvent,

    /// <summary>A client wants to enter.</summary>
    Connecting,

    /// <summary>A client is in.</summary>
    Connected,

    /// <summary>A client goes, or is gone.</summary>
    Disconnected,
}
