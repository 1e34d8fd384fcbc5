using System.Buffers;
using Arauto.Gateways;
using Arauto.Http;
using Arauto.Metrics;
using Arauto.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Arauto;

/// <summary>Puts Arauto's addresses into an ASP.NET Core application.</summary>
public static class ArautoEndpoints
{
    /// <summary>Maps <c>/ws</c>, <c>/events</c>, <c>/poll</c>, <c>/notifications</c>, <c>/socket.io/</c>, the HTTP API under <c>/v1</c>, <c>/healthz</c> and <c>/readyz</c>. Needs <c>AddArauto</c>.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="socketIo">Sets options of Socket.IO; its namespaces are those of <c>MapGateway</c>.</param>
    /// <returns>The endpoints, for conventions of the application's own.</returns>
    /// <exception cref="ArgumentException">An option of Socket.IO is out of its range.</exception>
    public static IEndpointConventionBuilder MapArauto(this IEndpointRouteBuilder endpoints, Action<SocketIoOptions>? socketIo = null)
    {
        var services = endpoints.ServiceProvider;
        var group = endpoints.MapGroup("");
        MapConnections(group, services);
        MapChannels(group, services.GetRequiredService<ChannelEndpoints>());
        MapRooms(group, services.GetRequiredService<RoomEndpoints>());
        MapSessions(group, services.GetRequiredService<SessionEndpoints>());
        MapHealth(group, services.GetRequiredService<HealthEndpoints>());
        group.MapSocketIo(configure: socketIo);
        group.MapFallback("/v1/{**path}", (RequestDelegate)NotFoundAsync);
        return group;
    }

    /// <summary>Maps <c>/metrics</c>: Prometheus' text format, without a token. Keep it from clients, by an address of its own or a proxy.</summary>
    /// <param name="endpoints">Where it is mapped, which may be another application on another address.</param>
    /// <param name="node">The services of the application that <c>AddArauto</c> was called on.</param>
    public static IEndpointConventionBuilder MapArautoMetrics(this IEndpointRouteBuilder endpoints, IServiceProvider node)
    {
        var text = node.GetRequiredService<PrometheusText>();
        return endpoints.MapGet("/metrics", (RequestDelegate)(context =>
        {
            var output = new ArrayBufferWriter<byte>(16 * 1024);
            text.Write(output);
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted).AsTask();
        }));
    }

    private static void MapConnections(RouteGroupBuilder group, IServiceProvider services)
    {
        var webSockets = services.GetRequiredService<WebSocketEndpoint>();
        group.Map("/ws", (RequestDelegate)webSockets.HandleAsync).ExcludeFromDescription();
        group.Map("/notifications", (RequestDelegate)webSockets.NotificationsAsync).ExcludeFromDescription();
        group.MapGet("/events", (HttpContext context, string? channels, string? since, string? events) => services.GetRequiredService<EventStreamEndpoint>().HandleAsync(context))
            .WithTags("Connections").WithSummary("Follows channels as Server-Sent Events")
            .WithDescription("channels: names, separated by commas. since: cursors, separated by commas; the header Last-Event-ID goes before it. events=true: also presence, typing and receipts.")
            .Produces<string>(200, "text/event-stream").ProducesErrors(400, 401, 403, 404, 429, 503);
        group.MapGet("/poll", (HttpContext context, string? channels, string? since, string? wait, string? events) => services.GetRequiredService<PollEndpoint>().HandleAsync(context))
            .WithTags("Connections").WithSummary("Waits for messages of channels (long polling)")
            .WithDescription("channels, since and events as for /events. wait: seconds, 25 if not given, at most 55. The answer comes as soon as there is something after since.")
            .Produces<PollResponse>().ProducesErrors(400, 401, 403, 404, 429, 503);
    }

    private static void MapChannels(RouteGroupBuilder group, ChannelEndpoints channels)
    {
        group.MapPost("/v1/publish", Handler(channels.PublishAsync))
            .WithTags("Channels").WithSummary("Publishes a message")
            .WithDescription("The header Idempotency-Key or the field key makes repetitions have one effect and the same answer. X-Request-ID or traceparent gives the correlation id.")
            .AcceptsJson<PublishBody>().Produces<PublishResponse>().ProducesErrors(400, 401, 403, 404, 413, 429, 503);
        group.MapGet("/v1/channels/{channel}/messages", (HttpContext context, string channel, string? after, string? before, string? limit) => channels.MessagesAsync(context, NameIn(channel)))
            .WithTags("Channels").WithSummary("Reads a channel's history")
            .WithDescription("after and before take an offset or a cursor; without both, the newest messages come.")
            .Produces<MessagesResponse>().ProducesErrors(400, 401, 403, 404, 429, 503);
        group.MapGet("/v1/channels/{channel}/presence", (HttpContext context, string channel) => channels.PresenceAsync(context, NameIn(channel)))
            .WithTags("Channels").WithSummary("Lists who is in a channel")
            .Produces<PresenceResponse>().ProducesErrors(400, 401, 403, 404, 429, 503);
        group.MapPost("/v1/channels/{channel}/typing", (HttpContext context, string channel) => channels.TypeAsync(context, NameIn(channel)))
            .WithTags("Channels").WithSummary("Tells a channel that the user types")
            .Produces(204).ProducesErrors(400, 401, 403, 404, 429, 503);
        group.MapPost("/v1/channels/{channel}/receipts", (HttpContext context, string channel) => channels.RaiseReceiptAsync(context, NameIn(channel)))
            .WithTags("Channels").WithSummary("Raises the user's delivered and read marks")
            .AcceptsJson<ReceiptBody>().Produces(204).ProducesErrors(400, 401, 403, 404, 413, 429, 503);
        group.MapGet("/v1/channels/{channel}/receipts", (HttpContext context, string channel) => channels.ReceiptsAsync(context, NameIn(channel)))
            .WithTags("Channels").WithSummary("Lists everybody's delivered and read marks")
            .Produces<ReceiptsResponse>().ProducesErrors(400, 401, 403, 404, 429, 503);
    }

    private static void MapRooms(RouteGroupBuilder group, RoomEndpoints rooms)
    {
        group.MapPost("/v1/rooms", Handler(rooms.CreateAsync))
            .WithTags("Rooms").WithSummary("Makes a room")
            .AcceptsJson<RoomBody>().Produces<RoomResponse>(201).ProducesErrors(400, 401, 409, 413, 429, 503);
        group.MapGet("/v1/rooms", (HttpContext context, string? after) => rooms.ListAsync(context))
            .WithTags("Rooms").WithSummary("Lists the rooms the user is a member of")
            .Produces<RoomsResponse>().ProducesErrors(401, 429, 503);
        group.MapGet("/v1/rooms/{id:guid}", (HttpContext context, Guid id) => rooms.GetAsync(context, id))
            .WithTags("Rooms").WithSummary("Shows a room")
            .Produces<RoomResponse>().ProducesErrors(401, 404, 429, 503);
        group.MapPatch("/v1/rooms/{id:guid}", (HttpContext context, Guid id) => rooms.UpdateAsync(context, id))
            .WithTags("Rooms").WithSummary("Changes a room's type or metadata")
            .AcceptsJson<RoomBody>().Produces<RoomResponse>().ProducesErrors(400, 401, 403, 404, 413, 429, 503);
        group.MapDelete("/v1/rooms/{id:guid}", (HttpContext context, Guid id) => rooms.DeleteAsync(context, id))
            .WithTags("Rooms").WithSummary("Deletes a room with its messages")
            .Produces(204).ProducesErrors(401, 403, 404, 429, 503);
        group.MapPut("/v1/rooms/{id:guid}/members/{user}", (HttpContext context, Guid id, string user) => rooms.AddMemberAsync(context, id, user))
            .WithTags("Rooms").WithSummary("Adds a member, or joins a public room")
            .Produces(204).ProducesErrors(400, 401, 403, 404, 413, 429, 503);
        group.MapDelete("/v1/rooms/{id:guid}/members/{user}", (HttpContext context, Guid id, string user) => rooms.RemoveMemberAsync(context, id, user))
            .WithTags("Rooms").WithSummary("Removes a member, or leaves a room")
            .Produces(204).ProducesErrors(401, 403, 404, 429, 503);
    }

    private static void MapSessions(RouteGroupBuilder group, SessionEndpoints sessions)
    {
        group.MapPost("/v1/sessions/revoke", Handler(sessions.RevokeAsync))
            .WithTags("Sessions").WithSummary("Revokes a token or a user's tokens; live connections close at once")
            .AcceptsJson<RevokeBody>().Produces<RevokeResponse>().ProducesErrors(400, 401, 403, 503);
        group.MapGet("/v1/connections", (HttpContext context, string? user) => sessions.ListAsync(context))
            .WithTags("Sessions").WithSummary("Lists live connections of all nodes, at most 1000")
            .Produces<ConnectionsResponse>().ProducesErrors(401, 403);
        group.MapDelete("/v1/connections/{id}", (HttpContext context, string id) => sessions.CloseAsync(context, id))
            .WithTags("Sessions").WithSummary("Closes a connection, on whichever node it is")
            .Produces(204).ProducesErrors(401, 403, 404, 503);
    }

    private static void MapHealth(RouteGroupBuilder group, HealthEndpoints health)
    {
        group.MapGet("/healthz", Handler(HealthEndpoints.LiveAsync))
            .WithTags("Health").WithSummary("Whether the process runs").Produces<HealthResponse>();
        group.MapGet("/readyz", Handler(health.ReadyAsync))
            .WithTags("Health").WithSummary("Whether the node can serve").Produces<HealthResponse>().Produces<HealthResponse>(503);
    }

    /// <summary>A channel's name in a path. Its slashes come as <c>%2F</c>, and only those the web server leaves as they are.</summary>
    private static string NameIn(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static Task NotFoundAsync(HttpContext context) =>
        ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.NotFound, "There is no such address; /openapi/v1.json lists those of the API."));

    /// <summary>A handler that takes the request alone. As a <see cref="Delegate"/>, since endpoints of type <see cref="RequestDelegate"/> are left out of the API description.</summary>
    private static Delegate Handler(Func<HttpContext, Task> handle) => handle;

    /// <summary>Describes a JSON body, and takes it under any content type: curl's default would otherwise find "no such address".</summary>
    private static RouteHandlerBuilder AcceptsJson<T>(this RouteHandlerBuilder endpoint)
        where T : notnull => endpoint.Accepts<T>("application/json", "*/*");

    private static RouteHandlerBuilder ProducesErrors(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses) endpoint.Produces<ErrorResponse>(status);
        return endpoint;
    }
}
