namespace Arauto.Gateways;

/// <summary>Marks the method of a <see cref="Gateway"/> that hears an event which a server, this or another, sent to the servers (<c>ServerSideEmitAsync</c>). What it returns is the answer, where one is wanted.</summary>
/// <param name="name">The event's name.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ServerEventAttribute(string name) : Attribute
{
    /// <summary>The event's name.</summary>
    public string Name { get; } = name;
}
