using Arauto.Limits;

namespace Arauto.Tests.Limits;

/// <summary>Counts of all nodes that answer when the test says so.</summary>
internal sealed class HeldCounts : ISharedCounts
{
    private readonly Lock _gate = new();

    /// <summary>What was asked and said, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What waits for its answer.</summary>
    public Queue<TaskCompletionSource<RaiseResult>> Raising { get; } = new();

    /// <summary>What waits for its answer.</summary>
    public Queue<TaskCompletionSource<bool>> Setting { get; } = new();

    /// <summary>Whether <see cref="SetAsync"/> waits.</summary>
    public bool HoldsSets { get; set; }

    public ValueTask<RaiseResult> TryRaiseAsync(string user, int here, int limit)
    {
        lock (_gate)
        {
            Calls.Add($"raise {here}");
            var answer = new TaskCompletionSource<RaiseResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            Raising.Enqueue(answer);
            return new ValueTask<RaiseResult>(answer.Task);
        }
    }

    public ValueTask<bool> SetAsync(string user, int here)
    {
        lock (_gate)
        {
            Calls.Add($"set {here}");
            if (!HoldsSets) return ValueTask.FromResult(true);
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Setting.Enqueue(answer);
            return new ValueTask<bool>(answer.Task);
        }
    }
}
