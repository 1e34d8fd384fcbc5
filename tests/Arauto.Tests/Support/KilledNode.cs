using System.Net.WebSockets;

namespace Arauto.Tests.Support;

/// <summary>What clients find when a test has killed their node.</summary>
internal static class KilledNode
{
    /// <summary>Whether a failure is the node's end as a client sees it, and the node was killed.</summary>
    public static bool Explains(this INode node, Exception failure) =>
        node.IsKilled && failure is (WebSocketException or HttpRequestException or IOException or InvalidOperationException);
}
