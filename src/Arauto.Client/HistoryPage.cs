using Arauto.Protocol;

namespace Arauto.Client;

/// <summary>A part of a channel's kept messages.</summary>
/// <param name="Messages">The messages, oldest first.</param>
/// <param name="Position">The position of the last one, from which to read on.</param>
/// <param name="Cursor">The same as a cursor, for <see cref="ArautoClient.SubscribeAsync"/>.</param>
/// <param name="More">Whether there are more in the direction read.</param>
public sealed record HistoryPage(IReadOnlyList<Message> Messages, Position Position, string? Cursor, bool More);
