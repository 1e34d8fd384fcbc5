using System.Runtime.InteropServices;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Options;
using Arauto.Protocol;
using Arauto.Rooms;
using Arauto.Stores;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Rooms: made by users and services, changed by their owner or a service, joined by anyone if public.</summary>
internal sealed class RoomEndpoints(RoomDirectory rooms, IStore store, ChannelRules rules, ApiGate gate, RequestBody bodies, ArautoOptions options, TimeProvider time)
{
    private const int PageSize = 100;
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary><c>POST /v1/rooms</c>.</summary>
    public Task CreateAsync(HttpContext context) => ServeAsync(context, async identity =>
    {
        if (await bodies.ReadAsync(context, ApiJson.Wire.RoomBody).ConfigureAwait(false) is not { } body) return;
        if (Check(body) is { } invalid)
        {
            await ErrorResponse.WriteAsync(context, invalid).ConfigureAwait(false);
            return;
        }
        var now = time.GetUtcNow();
        var members = new HashSet<string>(body.Members ?? [], StringComparer.Ordinal);
        if (!identity.IsService) members.Add(identity.User);
        var room = new Room
        {
            Id = body.Id ?? Guid.CreateVersion7(now),
            IsPublic = body.Type == "public",
            Owner = identity.IsService ? null : identity.User,
            Members = members,
            Metadata = body.Metadata is { } metadata ? JsonMarshal.GetRawUtf8Value(metadata).ToArray() : EmptyObject,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
        };
        if (await rooms.CreateAsync(room, context.RequestAborted).ConfigureAwait(false) is { } error)
        {
            await ErrorResponse.WriteAsync(context, error).ConfigureAwait(false);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/v1/rooms/{room.Id}";
        await WriteAsync(context, room).ConfigureAwait(false);
    });

    /// <summary><c>GET /v1/rooms?after=</c>: the user's own rooms.</summary>
    public Task ListAsync(HttpContext context) => ServeAsync(context, async identity =>
    {
        Guid? after = null;
        if (context.Request.Query["after"].ToString() is { Length: > 0 } text)
        {
            if (!Guid.TryParse(text, out var given))
            {
                await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "\"after\" must be the id of a room, as the last page gave it.")).ConfigureAwait(false);
                return;
            }
            after = given;
        }
        var found = await store.Rooms.ListAsync(identity.User, after, PageSize, context.RequestAborted).ConfigureAwait(false);
        var body = new RoomsResponse([.. found.Select(Describe)], found.Count == PageSize ? found[^1].Id : null);
        await context.Response.WriteAsJsonAsync(body, ApiJson.Wire.RoomsResponse, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    });

    /// <summary><c>GET /v1/rooms/{id}</c>.</summary>
    public Task GetAsync(HttpContext context, Guid id) => ServeAsync(context, async identity =>
    {
        var room = await rooms.FindAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (room is null || !(room.IsPublic || identity.IsService || room.Members.Contains(identity.User))) await NotFoundAsync(context).ConfigureAwait(false);
        else await WriteAsync(context, room).ConfigureAwait(false);
    });

    /// <summary><c>PATCH /v1/rooms/{id}</c>: type and metadata.</summary>
    public Task UpdateAsync(HttpContext context, Guid id) => ServeAsync(context, async identity =>
    {
        if (await bodies.ReadAsync(context, ApiJson.Wire.RoomBody).ConfigureAwait(false) is not { } body) return;
        if (Check(body) is { } invalid)
        {
            await ErrorResponse.WriteAsync(context, invalid).ConfigureAwait(false);
            return;
        }
        if (await OwnedAsync(context, identity, id).ConfigureAwait(false) is null) return;
        var room = await rooms.UpdateAsync(
            id,
            body.Type is null ? null : body.Type == "public",
            // The cast keeps "not given" apart from empty: a null array would become an empty memory, and wipe the metadata.
            body.Metadata is { } metadata ? JsonMarshal.GetRawUtf8Value(metadata).ToArray() : (ReadOnlyMemory<byte>?)null,
            context.RequestAborted).ConfigureAwait(false);
        if (room is null) await NotFoundAsync(context).ConfigureAwait(false);
        else await WriteAsync(context, room).ConfigureAwait(false);
    });

    /// <summary><c>DELETE /v1/rooms/{id}</c>: the room, its messages and its marks.</summary>
    public Task DeleteAsync(HttpContext context, Guid id) => ServeAsync(context, async identity =>
    {
        if (await OwnedAsync(context, identity, id).ConfigureAwait(false) is null) return;
        if (!rules.TryFind(RoomDirectory.ChannelOf(id), out var rule)) await NotFoundAsync(context).ConfigureAwait(false);
        else if (await rooms.DeleteAsync(id, rule, context.RequestAborted).ConfigureAwait(false)) context.Response.StatusCode = StatusCodes.Status204NoContent;
        else await NotFoundAsync(context).ConfigureAwait(false);
    });

    /// <summary><c>PUT /v1/rooms/{id}/members/{user}</c>: the owner or a service adds anybody, a user joins a public room.</summary>
    public Task AddMemberAsync(HttpContext context, Guid id, string user) => ServeAsync(context, async identity =>
    {
        if (!Identity.IsValidUser(user))
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "The user's id is not one a token could carry.")).ConfigureAwait(false);
            return;
        }
        var room = await rooms.FindAsync(id, context.RequestAborted).ConfigureAwait(false);
        var joins = room is { IsPublic: true } && user == identity.User;
        if (!joins && await OwnedAsync(context, identity, id).ConfigureAwait(false) is null) return;
        if (await rooms.JoinAsync(id, user, context.RequestAborted).ConfigureAwait(false) is { } error) await ErrorResponse.WriteAsync(context, error).ConfigureAwait(false);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    /// <summary><c>DELETE /v1/rooms/{id}/members/{user}</c>: the owner or a service removes anybody, a user leaves.</summary>
    public Task RemoveMemberAsync(HttpContext context, Guid id, string user) => ServeAsync(context, async identity =>
    {
        if (user != identity.User && await OwnedAsync(context, identity, id).ConfigureAwait(false) is null) return;
        if (await rooms.LeaveAsync(id, user).ConfigureAwait(false) is null) await NotFoundAsync(context).ConfigureAwait(false);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    private async Task ServeAsync(HttpContext context, Func<Identity, Task> serve)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        try
        {
            await serve(identity).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            await ErrorResponse.WriteAsync(context, ChannelGate.StoreAway).ConfigureAwait(false);
        }
    }

    /// <summary>The room if the caller may change it; otherwise the answer is written. Who may not even see it learns nothing.</summary>
    private async ValueTask<Room?> OwnedAsync(HttpContext context, Identity identity, Guid id)
    {
        var room = await rooms.FindAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (room is not null && (identity.IsService || room.Owner == identity.User)) return room;
        if (room is null || !(room.IsPublic || room.Members.Contains(identity.User))) await NotFoundAsync(context).ConfigureAwait(false);
        else await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.Forbidden, "Only the room's owner or a service may do this.")).ConfigureAwait(false);
        return null;
    }

    private ProtocolError? Check(RoomBody body)
    {
        if (body.Type is not (null or "public" or "private")) return new ProtocolError(ErrorCode.InvalidMessage, "\"type\" must be \"public\" or \"private\".");
        if (body.Members?.All(Identity.IsValidUser) == false)
            return new ProtocolError(ErrorCode.InvalidMessage, "\"members\" holds what is not an id that a token could carry.");
        if (body.Metadata is not { } metadata) return null;
        if (metadata.ValueKind != JsonValueKind.Object) return new ProtocolError(ErrorCode.InvalidMessage, "\"metadata\" must be a JSON object.");
        if (JsonMarshal.GetRawUtf8Value(metadata).Length > options.Limits.RoomMetadataBytes)
            return new ProtocolError(ErrorCode.TooLarge, $"\"metadata\" may have {options.Limits.RoomMetadataBytes} bytes (limits.roomMetadataBytes).");
        return IsText(metadata) ? null : new ProtocolError(ErrorCode.InvalidMessage, "\"metadata\" holds half of a surrogate pair.");
    }

    /// <summary>Whether the answer can be written: half of a surrogate pair can be read as JSON but not be written again.</summary>
    private static bool IsText(JsonElement metadata)
    {
        try
        {
            using var nowhere = new Utf8JsonWriter(Stream.Null);
            metadata.WriteTo(nowhere);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Task NotFoundAsync(HttpContext context) =>
        ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.NotFound, "There is no such room, or none that you may see."));

    private static Task WriteAsync(HttpContext context, Room room) =>
        context.Response.WriteAsJsonAsync(Describe(room), ApiJson.Wire.RoomResponse, cancellationToken: context.RequestAborted);

    private static RoomResponse Describe(Room room) => new(
        room.Id,
        RoomDirectory.ChannelOf(room.Id),
        room.IsPublic ? "public" : "private",
        room.Owner,
        [.. room.Members.Order(StringComparer.Ordinal)],
        JsonElement.Parse(room.Metadata.Span),
        room.CreatedAt.UtcDateTime);
}
