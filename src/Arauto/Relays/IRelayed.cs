namespace Arauto.Relays;

/// <summary>What this node does for a client that reached another one.</summary>
internal interface IRelayed
{
    /// <summary>The other node is gone, and with it the client's connection.</summary>
    void Lost();
}
