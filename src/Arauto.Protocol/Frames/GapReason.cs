namespace Arauto.Protocol.Frames;

/// <summary>Why messages are missing.</summary>
public enum GapReason
{
    /// <summary>They are older than what the channel keeps.</summary>
    Trimmed = 1,

    /// <summary>The log was lost or reset since the cursor was taken; offsets start anew.</summary>
    EpochChanged,

    /// <summary>The client read too slowly and the channel drops its oldest messages then.</summary>
    SlowConsumer,

    /// <summary>Newer messages of the same event replaced them.</summary>
    Conflated,
}
