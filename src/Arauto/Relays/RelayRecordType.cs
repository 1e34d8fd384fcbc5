namespace Arauto.Relays;

/// <summary>The first byte of what nodes tell each other about a client of one whose session is the other's. The numbers are on the wire.</summary>
internal enum RelayRecordType : byte
{
    /// <summary>To the owner: a request came (<see cref="RelayAsk"/>).</summary>
    Ask = 1,

    /// <summary>To the owner: a text message of a WebSocket.</summary>
    Text = 2,

    /// <summary>To the owner: a binary message of a WebSocket.</summary>
    Binary = 3,

    /// <summary>To the owner: a WebSocket is over; with its close code, or 0.</summary>
    Closed = 4,

    /// <summary>To the owner: so many bytes of frames were passed on to the client.</summary>
    PassedOn = 5,

    /// <summary>From the owner: the answer to a request (<see cref="RelayAnswer"/>).</summary>
    Answer = 10,

    /// <summary>From the owner: frames for a WebSocket.</summary>
    Frames = 11,

    /// <summary>From the owner: a WebSocket is to be closed, behind its frames.</summary>
    Close = 12,

    /// <summary>From the owner: so many bytes of messages were taken.</summary>
    Taken = 13,
}
