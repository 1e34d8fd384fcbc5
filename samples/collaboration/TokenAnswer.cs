namespace Arauto.Samples.Collaboration;

/// <summary>What they write with.</summary>
internal sealed record TokenAnswer(string Token);
