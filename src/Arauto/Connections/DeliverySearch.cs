namespace Arauto.Connections;

/// <summary>What a look into the <see cref="DeliveryIndex"/> found.</summary>
internal enum DeliverySearch
{
    /// <summary>The message.</summary>
    Found,

    /// <summary>Everything that was asked for is there, and the message is not among it.</summary>
    NotThere,

    /// <summary>The time in question is not kept any more.</summary>
    Forgotten,
}
