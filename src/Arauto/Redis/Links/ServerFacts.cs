using System.Text;

namespace Arauto.Redis.Links;

/// <summary>What a server says about itself.</summary>
/// <param name="runId">Its <c>run_id</c>, another after every start.</param>
/// <param name="isMaster">Whether it takes writes.</param>
/// <param name="replicas">How many replicas follow it.</param>
/// <param name="isResp3">Whether the connection speaks RESP3.</param>
internal sealed class ServerFacts(string runId, bool isMaster, int replicas, bool isResp3)
{
    private readonly byte[] _runId = Encoding.UTF8.GetBytes(runId);

    /// <summary>Nothing is known yet.</summary>
    public static ServerFacts None { get; } = new("", isMaster: false, 0, isResp3: false);

    /// <summary>Its <c>run_id</c>, another after every start.</summary>
    public ReadOnlySpan<byte> RunId => _runId;

    /// <summary>Whether it takes writes.</summary>
    public bool IsMaster { get; } = isMaster;

    /// <summary>How many replicas follow it.</summary>
    public int Replicas { get; } = replicas;

    /// <summary>Whether the connection speaks RESP3.</summary>
    public bool IsResp3 { get; } = isResp3;
}
