namespace Arauto.Scenarios.FanOut;

/// <summary>A load: so many connections, evenly in so many rooms, and messages a second over all rooms.</summary>
internal sealed record FanOutCase(string Name, int Connections, int Rooms, int Rate);
