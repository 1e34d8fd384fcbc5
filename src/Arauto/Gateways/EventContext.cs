using System.Text.Json;

namespace Arauto.Gateways;

/// <summary>One event of a client while it is handled.</summary>
public sealed class EventContext
{
    private readonly Func<EventArguments, ValueTask>? _acknowledge;
    private readonly JsonSerializerOptions _json;
    private Dictionary<object, object?>? _items;
    private int _acknowledged;

    internal EventContext(
        Socket socket, string name, EventArguments arguments, Func<EventArguments, ValueTask>? acknowledge, JsonSerializerOptions json, IServiceProvider services, CancellationToken cancellationToken)
    {
        Socket = socket;
        Event = name;
        Arguments = arguments;
        Services = services;
        CancellationToken = cancellationToken;
        _acknowledge = acknowledge;
        _json = json;
    }

    /// <summary>The client.</summary>
    public Socket Socket { get; }

    /// <summary>The event's name.</summary>
    public string Event { get; }

    /// <summary>Its arguments. A filter may put others in their place.</summary>
    public EventArguments Arguments { get; set; }

    /// <summary>Whether the client asked for an acknowledgement.</summary>
    public bool WantsAck => _acknowledge is not null;

    /// <summary>The services of this event's scope.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>What filters and the handler tell each other.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>Takes the one acknowledgement that an event has. False if the client wants none or has got it.</summary>
    internal bool TryTakeAcknowledgement() => _acknowledge is not null && Interlocked.Exchange(ref _acknowledged, 1) == 0;

    internal ValueTask AcknowledgeAsync(params ReadOnlySpan<object?> arguments)
    {
        // Made first: what cannot be written must not use the acknowledgement up.
        if (!WantsAck) return default;
        var answer = EventArguments.From(arguments, _json);
        return TryTakeAcknowledgement() ? _acknowledge!(answer) : default;
    }
}
