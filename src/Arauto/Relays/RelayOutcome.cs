namespace Arauto.Relays;

/// <summary>How the owner answers. The numbers are on the wire.</summary>
internal enum RelayOutcome : byte
{
    /// <summary>A GET has something: the payload follows.</summary>
    Payload = 1,

    /// <summary>The packets of a POST were taken, or the WebSocket may be opened.</summary>
    Accepted = 2,

    /// <summary>The body of a POST is too large for the owner.</summary>
    TooLarge = 3,

    /// <summary>The request is refused; the protocol's number follows.</summary>
    Refused = 4,

    /// <summary>The client went away before there was an answer. Never on the wire.</summary>
    Aborted = 5,
}
