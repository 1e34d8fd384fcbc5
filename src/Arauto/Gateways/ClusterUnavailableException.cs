namespace Arauto.Gateways;

/// <summary>The other servers cannot be told or asked now. What concerns this node's sockets was done.</summary>
public sealed class ClusterUnavailableException : InvalidOperationException
{
    internal ClusterUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
