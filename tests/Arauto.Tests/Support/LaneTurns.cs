using Arauto.Connections;

namespace Arauto.Tests.Support;

/// <summary>Waits for the lanes.</summary>
internal static class LaneTurns
{
    /// <summary>Waits until every lane of a node has done what it was given before, and has ended the turn in which it did.</summary>
    public static async Task LanesHaveDoneAsync(this TestNode node)
    {
        var lanes = node.Get<LaneSet>();
        // The second is in a later turn than the first.
        for (var turn = 0; turn < 2; turn++)
            for (var i = 0; i < lanes.Count; i++) await LaneCall<bool>.AskAsync(lanes[i], () => true);
    }
}
