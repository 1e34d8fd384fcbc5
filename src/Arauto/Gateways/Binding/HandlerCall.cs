namespace Arauto.Gateways.Binding;

/// <summary>One call of a handler: everything its parameters may ask for. What is not of its kind is absent.</summary>
internal sealed class HandlerCall
{
    public required IServiceProvider Services { get; init; }

    public CancellationToken CancellationToken { get; init; }

    public Socket? Socket { get; init; }

    public EventContext? Event { get; init; }

    public EventArguments Arguments { get; init; } = EventArguments.Empty;

    public ConnectContext? Connect { get; init; }

    public string? Reason { get; init; }

    /// <summary>The instance whose method is called; absent for handlers without a class.</summary>
    public Gateway? Gateway { get; set; }
}
