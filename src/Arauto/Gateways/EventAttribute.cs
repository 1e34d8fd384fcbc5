namespace Arauto.Gateways;

/// <summary>Marks the method of a <see cref="Gateway"/> that answers an event of clients.</summary>
/// <param name="name">The event's name.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EventAttribute(string name) : Attribute
{
    /// <summary>The event's name.</summary>
    public string Name { get; } = name;

    /// <summary>How often a socket may send the event, per second in the long run; 0, the default, does not limit it. Beyond it the event is answered with the error <c>rate_limited</c>.</summary>
    public double PerSecond { get; init; }

    /// <summary>How many may come at once; 0, the default, allows those of one second, at least 1.</summary>
    public int Burst { get; init; }
}
