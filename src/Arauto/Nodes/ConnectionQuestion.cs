namespace Arauto.Nodes;

/// <summary>What a node asks the others about their connections.</summary>
/// <param name="Id">Names the question for its answers.</param>
/// <param name="User">Whose connections are to be listed; absent for all.</param>
/// <param name="Close">The connection to close, instead of a list.</param>
internal sealed record ConnectionQuestion(Guid Id, string? User, string? Close);

/// <summary>What another node answers.</summary>
/// <param name="Id">The question.</param>
/// <param name="Connections">Those that were asked for; none where one was to be closed.</param>
/// <param name="Closed">Whether the connection was there, and is being closed.</param>
internal sealed record ConnectionAnswer(Guid Id, IReadOnlyList<LiveConnection> Connections, bool Closed);
