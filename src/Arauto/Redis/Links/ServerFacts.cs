using System.Text;

namespace Arauto.Redis.Links;

/// <summary>What a connection knows of its server for good.</summary>
/// <param name="runId">The server's <c>run_id</c>, another after every start.</param>
/// <param name="isResp3">Whether the connection speaks RESP3.</param>
internal sealed class ServerFacts(string runId, bool isResp3)
{
    private readonly byte[] _runId = Encoding.UTF8.GetBytes(runId);

    /// <summary>Nothing is known yet.</summary>
    public static ServerFacts None { get; } = new("", isResp3: false);

    /// <summary>The server's <c>run_id</c>, another after every start.</summary>
    public ReadOnlySpan<byte> RunId => _runId;

    /// <summary>Whether the connection speaks RESP3.</summary>
    public bool IsResp3 { get; } = isResp3;
}
