namespace Arauto.Samples.Collaboration;

/// <summary>A whole document.</summary>
/// <param name="Epoch">The life of its log.</param>
/// <param name="Offset">The update up to which it has everything.</param>
/// <param name="State">Yjs' bytes.</param>
internal sealed record DocumentState(string Epoch, long Offset, byte[] State);
