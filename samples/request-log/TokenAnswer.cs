namespace Arauto.Samples.RequestLog;

/// <summary>What the page opens its connection with.</summary>
internal sealed record TokenAnswer(string Token);
