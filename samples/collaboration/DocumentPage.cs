namespace Arauto.Samples.Collaboration;

/// <summary>A part of a document's history.</summary>
/// <param name="Offset">The update up to which whoever takes it has everything.</param>
/// <param name="Updates">Yjs' bytes in base64, as in the log: an acknowledgement has few attachments.</param>
internal sealed record DocumentPage(long Offset, IReadOnlyList<string> Updates);
