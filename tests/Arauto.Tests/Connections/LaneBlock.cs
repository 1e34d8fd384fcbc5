using Arauto.Connections;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections;

/// <summary>Holds all lanes of a node until disposed, so that a test can say what waits in their inboxes.</summary>
internal sealed class LaneBlock : IDisposable
{
    private readonly ManualResetEventSlim _release = new();

    private LaneBlock()
    {
    }

    public static async Task<LaneBlock> HoldAsync(TestNode node)
    {
        var block = new LaneBlock();
        var lanes = node.Get<LaneSet>();
        var holds = Enumerable.Range(0, lanes.Count).Select(_ => new Hold(block._release)).ToArray();
        for (var i = 0; i < lanes.Count; i++) lanes[i].Post(holds[i]);
        await Eventually.TrueAsync("all lanes hold", () => holds.All(hold => hold.IsHolding));
        return block;
    }

    public void Dispose() => _release.Set();

    private sealed class Hold(ManualResetEventSlim release) : LaneWork
    {
        public volatile bool IsHolding;

        public override void Run()
        {
            IsHolding = true;
            release.Wait(TimeSpan.FromSeconds(20));
        }
    }
}
