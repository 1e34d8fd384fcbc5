namespace Arauto.Samples.Collaboration;

/// <summary>Somebody who wants to write.</summary>
internal sealed record TokenRequest(string User);
