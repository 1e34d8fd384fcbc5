namespace Arauto.Samples.Collaboration;

/// <summary>An update that is in the log.</summary>
/// <param name="Offset">Its place.</param>
/// <param name="Compact">Whether the page is to send a state.</param>
internal sealed record SavedUpdate(long Offset, bool Compact);
