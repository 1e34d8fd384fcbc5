namespace Arauto.Relays;

/// <summary>What the owner of a session is asked. The numbers are on the wire.</summary>
internal enum RelayAskKind : byte
{
    /// <summary>A GET that fetches what waits.</summary>
    Poll = 1,

    /// <summary>A POST with packets.</summary>
    Post = 2,

    /// <summary>A WebSocket that wants to carry the session.</summary>
    Upgrade = 3,

    /// <summary>A request that fits no session, so that only its existence counts.</summary>
    Misfit = 4,

    /// <summary>The node that parks a GET stops: it is to be answered, so that the client comes again. Has no answer of its own.</summary>
    Release = 5,

    /// <summary>The client of a request is gone, and perhaps what was for it. Has no answer.</summary>
    Abort = 6,
}
