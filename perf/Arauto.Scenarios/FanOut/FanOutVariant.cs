namespace Arauto.Scenarios.FanOut;

/// <summary>A way to run the server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDurable">Whether messages are stored in SQLite rather than in memory.</param>
/// <param name="Environment">Variables it is started with.</param>
internal sealed record FanOutVariant(string Name, bool IsDurable, params (string Name, string Value)[] Environment);
