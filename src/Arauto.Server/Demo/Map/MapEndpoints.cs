using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Arauto.Auth;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Server.Demo.Map;

/// <summary>The map's service over HTTP, under <c>/demo/map</c>. Reading and editing need any token, the notice a service's.</summary>
internal sealed class MapEndpoints(LiveMap map, ITokenValidator tokens)
{
    private const int MaxBodyBytes = 8192;

    /// <summary>Maps the addresses.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/demo/map").ExcludeFromDescription();
        group.MapGet("/state", (RequestDelegate)ReadAsync);
        group.MapPut("/areas/{id}", (RequestDelegate)SaveAreaAsync);
        group.MapPut("/subscriptions/{id}", (RequestDelegate)SaveSubscriptionAsync);
        group.MapPut("/incidents/{id:guid}", (RequestDelegate)SaveIncidentAsync);
        group.MapDelete("/incidents/{id:guid}", (RequestDelegate)DeleteIncidentAsync);
        group.MapPut("/notice", (RequestDelegate)SaveNoticeAsync);
        group.MapFallback("/{**path}", (RequestDelegate)NotFoundAsync);
    }

    private async Task ReadAsync(HttpContext context)
    {
        if (await AdmitAsync(context) is null) return;
        if (await UnlessAwayAsync(context, map.ReadAsync(context.RequestAborted)) is { } state) await WriteAsync(context, state, MapJson.Default.MapState);
    }

    private async Task SaveAreaAsync(HttpContext context)
    {
        if (await AdmitAsync(context) is not { } identity) return;
        if (await DemoBody.ReadAsync(context, MapJson.Default.AreaEdit, MaxBodyBytes, """{"version":7,"corners":[{"x":10,"y":10},{"x":90,"y":10},{"x":50,"y":80}]}""") is not { } edit) return;
        await AnswerAsync(context, map.SaveAreaAsync(IdOf(context), edit, identity.User, context.RequestAborted), MapJson.Default.Area, MapJson.Default.EditRefusalArea);
    }

    private async Task SaveSubscriptionAsync(HttpContext context)
    {
        if (await AdmitAsync(context) is not { } identity) return;
        if (await DemoBody.ReadAsync(context, MapJson.Default.SubscriptionEdit, MaxBodyBytes, """{"version":7,"status":"paused"} (or "active")""") is not { } edit) return;
        await AnswerAsync(context, map.SaveSubscriptionAsync(IdOf(context), edit, identity.User, context.RequestAborted), MapJson.Default.AreaSubscription, MapJson.Default.EditRefusalAreaSubscription);
    }

    private async Task SaveIncidentAsync(HttpContext context)
    {
        const string Example = """{"version":0,"kind":"fire","status":"open","place":{"x":10,"y":10},"text":"Smoke"}; kinds are accident, fire, flood and outage, a status is open, assigned or resolved""";
        if (await AdmitAsync(context) is not { } identity) return;
        if (await DemoBody.ReadAsync(context, MapJson.Default.IncidentEdit, MaxBodyBytes, Example) is not { } edit) return;
        await AnswerAsync(context, map.SaveIncidentAsync(Guid.Parse(IdOf(context)), edit, identity.User, context.RequestAborted), MapJson.Default.Incident, MapJson.Default.EditRefusalIncident);
    }

    private async Task DeleteIncidentAsync(HttpContext context)
    {
        if (await AdmitAsync(context) is not { } identity) return;
        if (!long.TryParse(context.Request.Query["version"], NumberStyles.None, null, out var version))
            await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "Say which version to delete: ?version=7"));
        else await AnswerAsync(context, map.DeleteIncidentAsync(Guid.Parse(IdOf(context)), version, identity.User, context.RequestAborted), MapJson.Default.Incident, MapJson.Default.EditRefusalIncident);
    }

    private async Task SaveNoticeAsync(HttpContext context)
    {
        if (await AdmitAsync(context) is not { } identity) return;
        if (!identity.IsService)
        {
            await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.Forbidden, "Only service tokens may put up a notice: ./arauto token --user admin --service"));
            return;
        }
        if (await DemoBody.ReadAsync(context, MapJson.Default.NoticeEdit, MaxBodyBytes, """{"text":"The bridge is closed tonight."}""") is not { } edit) return;
        await AnswerAsync(context, map.SaveNoticeAsync(edit, identity.User, context.RequestAborted), MapJson.Default.Notice, MapJson.Default.EditRefusalNotice);
    }

    private async ValueTask<Identity?> AdmitAsync(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        var result = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await tokens.ValidateAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : new TokenResult(new ProtocolError(ErrorCode.Unauthorized, "Send a token: Authorization: Bearer …"));
        if (result.Error is { } error) await DemoRefusal.WriteAsync(context, error);
        return result.Identity;
    }

    private static async Task AnswerAsync<T>(HttpContext context, Task<EditResult<T>> editing, JsonTypeInfo<T> json, JsonTypeInfo<EditRefusal<T>> refusalJson)
        where T : MapObject
    {
        if (await UnlessAwayAsync(context, editing) is not { } result) return;
        if (result.Error is { } error)
        {
            DemoRefusal.Begin(context, error);
            await WriteAsync(context, new EditRefusal<T>(new DemoError(error.Code.Word(), error.Message), result.Current), refusalJson);
        }
        else if (result.Current is { } current) await WriteAsync(context, current, json);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Waits for the map, or answers that it cannot be reached now.</summary>
    private static async Task<T?> UnlessAwayAsync<T>(HttpContext context, Task<T> work)
        where T : class
    {
        try
        {
            return await work;
        }
        catch (StoreUnavailableException e)
        {
            await DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.Unavailable, e.Message, TimeSpan.FromSeconds(1)));
            return null;
        }
    }

    private static Task WriteAsync<T>(HttpContext context, T body, JsonTypeInfo<T> json)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(body, json, cancellationToken: context.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext context) =>
        DemoRefusal.WriteAsync(context, new ProtocolError(ErrorCode.NotFound, "The map has no such address; an incident's id is a UUID."));

    private static string IdOf(HttpContext context) => (string)context.GetRouteValue("id")!;
}
