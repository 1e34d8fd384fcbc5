namespace Arauto.Backplanes.Links;

/// <summary>Takes what comes over <see cref="NodeLinks"/>.</summary>
internal interface ILinkReceiver
{
    /// <summary>The next record of a link. Called for one record after the other; must be quick, not block and not throw.</summary>
    /// <param name="link">Where from.</param>
    /// <param name="record">The record, in memory that is shared with others: to be copied if it is kept for long.</param>
    void Received(NodeLink link, ReadOnlyMemory<byte> record);

    /// <summary>Nothing comes or goes over this link any more; what the other node has taken is not known. Called once, from any thread.</summary>
    void Lost(NodeLink link);
}
