namespace Arauto.Samples.Collaboration;

/// <summary>A document as it is when somebody joins.</summary>
/// <param name="Epoch">The life of its log. When it changes, the log has lost what it had.</param>
/// <param name="Top">The newest update.</param>
/// <param name="People">Who is in it, the one who joins too.</param>
internal sealed record JoinedDocument(string Epoch, long Top, IReadOnlyList<Person> People);
