namespace Arauto.Samples.Collaboration;

/// <summary>Somebody in a document, with the number that Yjs gives their page.</summary>
internal sealed record Person(string User, uint Client);
