using System.Collections.Frozen;
using Arauto.Gateways.Binding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Gateways;

/// <summary>One mapped namespace: the way from its sockets to the application's code. Frozen at start, safe for concurrent use.</summary>
internal sealed partial class NamespaceDefinition(
    string name, GatewayOptions options, NamespaceHandlers handlers, EventLimits limits, IServiceScopeFactory scopes, ILogger<NamespaceDefinition> logger)
{
    private readonly FrozenDictionary<string, EventRoute> _events = handlers.Events.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, HandlerInvoker> _serverEvents = handlers.ServerEvents.ToFrozenDictionary(StringComparer.Ordinal);

    public string Name => name;

    public GatewayOptions Options => options;

    /// <summary>Whether anybody hears the event when a client sends it.</summary>
    public bool Has(string eventName) => handlers.AnyEvent is not null || _events.ContainsKey(eventName);

    /// <summary>Asks whether a client may enter. Never throws.</summary>
    /// <returns>Why it may not, or <see langword="null"/>.</returns>
    public async ValueTask<ConnectRefusal?> ConnectingAsync(ConnectContext context)
    {
        try
        {
            await RunAsync(
                handlers.Hooks.Connecting,
                services => new HandlerCall { Services = services, Socket = context.Socket, Connect = context, CancellationToken = context.CancellationToken },
                () => context.Refusal is null).ConfigureAwait(false);
            return context.Refusal;
        }
        catch (GatewayException e)
        {
            return new ConnectRefusal(e.Message, e.Details);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return new ConnectRefusal("The client went away.");
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, e, nameof(GatewayBuilder.OnConnecting), name);
            return new ConnectRefusal(EventFailure.Internal.Message);
        }
    }

    /// <summary>Tells the application that a client is in. Never throws; the client hears of a failure.</summary>
    public async ValueTask ConnectedAsync(Socket socket)
    {
        try
        {
            await RunAsync(handlers.Hooks.Connected, services => new HandlerCall { Services = services, Socket = socket, CancellationToken = socket.Disconnected }).ConfigureAwait(false);
        }
        catch (Exception e) when (!IsGone(e, socket.Disconnected))
        {
            await TellAsync(socket, FailureOf(e, nameof(GatewayBuilder.OnConnected))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Tells the application that a client goes and is still in its rooms. Never throws.</summary>
    public ValueTask DisconnectingAsync(Socket socket, string reason) => LeaveAsync(handlers.Hooks.Disconnecting, socket, reason, nameof(GatewayBuilder.OnDisconnecting));

    /// <summary>Tells the application that a client is gone. Never throws.</summary>
    public ValueTask DisconnectedAsync(Socket socket, string reason) => LeaveAsync(handlers.Hooks.Disconnected, socket, reason, nameof(GatewayBuilder.OnDisconnected));

    /// <summary>
    /// Handles an event. Never throws: a failure becomes the acknowledgement, or the event <c>exception</c> if none was
    /// asked for.
    /// </summary>
    /// <param name="socket">Who sent it.</param>
    /// <param name="eventName">Which.</param>
    /// <param name="arguments">With what.</param>
    /// <param name="acknowledge">Sends the acknowledgement of a handler that has it in its own hands; called at most once, perhaps after the end. <see langword="null"/> if the client asked for none.</param>
    /// <param name="cancellationToken">Cancelled when the socket is gone.</param>
    /// <returns>The acknowledgement to send; <see langword="null"/> if there is none to send.</returns>
    public async ValueTask<EventArguments?> InvokeAsync(
        Socket socket, string eventName, EventArguments arguments, Func<EventArguments, ValueTask>? acknowledge, CancellationToken cancellationToken)
    {
        var outcome = await HandleAsync(socket, eventName, arguments, acknowledge, cancellationToken).ConfigureAwait(false);
        if (outcome.Failure is not { } failure) return outcome.Acknowledgement;
        if (acknowledge is not null && !outcome.IsAcknowledged) return Write(failure);
        await TellAsync(socket, failure).ConfigureAwait(false);
        return null;
    }

    /// <summary>Handles an event, for a protocol that has its own way of telling failures. Never throws. Parameters as <see cref="InvokeAsync"/>.</summary>
    public async ValueTask<EventOutcome> HandleAsync(
        Socket socket, string eventName, EventArguments arguments, Func<EventArguments, ValueTask>? acknowledge, CancellationToken cancellationToken)
    {
        if (!_events.TryGetValue(eventName, out var route)) route = handlers.AnyEvent;
        if (route is null) return default;
        if (route.Rate >= 0 && !limits.TryTake(socket, route.Rate, out var wait)) return new EventOutcome(null, EventFailure.RateLimited(eventName, wait));
        var scope = scopes.CreateAsyncScope();
        await using var _ = scope.ConfigureAwait(false);
        var context = new EventContext(socket, eventName, arguments, acknowledge, options.Json, scope.ServiceProvider, cancellationToken);
        try
        {
            var result = await route.Handle(context).ConfigureAwait(false);
            if (!context.WantsAck || ReferenceEquals(result, HandlerResult.Unanswered)) return default;
            var answer = EventArguments.From([result], options.Json);
            return context.TryTakeAcknowledgement() ? new EventOutcome(answer) : default;
        }
        catch (Exception e) when (!IsGone(e, cancellationToken))
        {
            return new EventOutcome(null, FailureOf(e, eventName), context.WantsAck && !context.TryTakeAcknowledgement());
        }
        catch (OperationCanceledException)
        {
            return default;
        }
    }

    /// <summary>Hands an event of a server to its handler. Never throws: a failure is the answer.</summary>
    /// <returns>What the handler answers; nothing if there is none.</returns>
    public async ValueTask<EventArguments> ServerEventAsync(string eventName, EventArguments arguments)
    {
        if (!_serverEvents.TryGetValue(eventName, out var handler)) return EventArguments.Empty;
        var scope = scopes.CreateAsyncScope();
        await using var _ = scope.ConfigureAwait(false);
        try
        {
            var result = await handler(new HandlerCall { Services = scope.ServiceProvider, Arguments = arguments }).ConfigureAwait(false);
            return EventArguments.From([result], options.Json);
        }
        catch (Exception e)
        {
            return Write(FailureOf(e, eventName));
        }
    }

    private async ValueTask LeaveAsync(List<HandlerInvoker> hooks, Socket socket, string reason, string what)
    {
        try
        {
            // Without the socket's token: it is cancelled, and what is to be put in order must run to its end.
            await RunAsync(hooks, services => new HandlerCall { Services = services, Socket = socket, Reason = reason }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, e, what, name);
        }
    }

    private async ValueTask RunAsync(IReadOnlyList<HandlerInvoker> hooks, Func<IServiceProvider, HandlerCall> call, Func<bool>? goesOn = null)
    {
        foreach (var hook in hooks)
        {
            var scope = scopes.CreateAsyncScope();
            await using var _ = scope.ConfigureAwait(false);
            await hook(call(scope.ServiceProvider)).ConfigureAwait(false);
            if (goesOn?.Invoke() == false) return;
        }
    }

    private EventFailure FailureOf(Exception exception, string what)
    {
        if (EventFailure.Of(exception) is { } told)
        {
            Log.EventRefused(logger, what, name, told.Code, told.Message);
            return told;
        }
        Log.HandlerFailed(logger, exception, what, name);
        return EventFailure.Internal;
    }

    private async ValueTask TellAsync(Socket socket, EventFailure failure)
    {
        try
        {
            await socket.EmitAsync(EventNames.Exception, Write(failure)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, e, EventNames.Exception, name);
        }
    }

    /// <summary>A failure as arguments; one whose details cannot be written goes without them.</summary>
    private EventArguments Write(EventFailure failure)
    {
        try
        {
            return failure.ToArguments(options.Json);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, e, EventNames.Exception, name);
            return (failure with { Details = null }).ToArguments(options.Json);
        }
    }

    private static bool IsGone(Exception exception, CancellationToken cancellationToken) => exception is OperationCanceledException && cancellationToken.IsCancellationRequested;
}
