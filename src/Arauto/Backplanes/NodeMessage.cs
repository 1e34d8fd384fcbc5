namespace Arauto.Backplanes;

/// <summary>What another node says.</summary>
/// <param name="Kind">What about.</param>
/// <param name="Sender">The other node's name.</param>
/// <param name="Body">The content; written by another version perhaps, so never trusted to be well-formed.</param>
internal readonly record struct NodeMessage(NodeMessageKind Kind, string Sender, ReadOnlyMemory<byte> Body);
