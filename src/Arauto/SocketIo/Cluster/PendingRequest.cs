namespace Arauto.SocketIo.Cluster;

/// <summary>A request that waits for the answers of other nodes. Safe for concurrent use.</summary>
/// <param name="nodes">How many nodes have to answer. Answers carry no name of who sent them, so they are counted only.</param>
internal sealed class PendingRequest(int nodes)
{
    /// <summary>More answers than any cluster has clients are a fault of somebody, and not kept.</summary>
    private const int MaxAnswers = 1_000_000;

    private readonly Lock _gate = new();
    private readonly List<ClusterAnswer> _answers = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _heard;
    private long _clients;
    private int _clientsHeard;

    /// <summary>Completes when all have answered: each node, and each client that a node says it has asked.</summary>
    public Task Done => _done.Task;

    /// <summary>Takes an answer.</summary>
    public void Add(ClusterAnswer answer)
    {
        bool isDone;
        lock (_gate)
        {
            if (_answers.Count >= MaxAnswers) return;
            if (answer is ClientAnswer) _clientsHeard++;
            else _heard++;
            if (answer is ClientCountAnswer count) _clients += count.Clients;
            else _answers.Add(answer);
            isDone = _heard >= nodes && _clientsHeard >= _clients;
        }
        if (isDone) _done.TrySetResult();
    }

    /// <summary>What has come so far.</summary>
    public ClusterAnswers Collect()
    {
        lock (_gate) return new ClusterAnswers([.. _answers], (int)Math.Min(int.MaxValue, Math.Max(0, nodes - _heard) + Math.Max(0, _clients - _clientsHeard)));
    }
}
