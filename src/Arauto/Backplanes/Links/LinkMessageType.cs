namespace Arauto.Backplanes.Links;

/// <summary>The first byte of what two ends of a link tell each other. The numbers are on the wire.</summary>
internal enum LinkMessageType : byte
{
    /// <summary>Records, with a number.</summary>
    Batch = 1,

    /// <summary>A sign of life, which says what has arrived.</summary>
    Alive = 2,

    /// <summary>The end that is named is not known here, or no longer.</summary>
    Reset = 3,
}
