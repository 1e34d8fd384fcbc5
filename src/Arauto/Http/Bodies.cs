using System.Text.Json;
using Arauto.Nodes;

namespace Arauto.Http;

/// <summary>The body of <c>POST /v1/publish</c>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Event">The event: the message's <c>type</c>.</param>
/// <param name="Data">The payload, any JSON value.</param>
/// <param name="Key">The idempotency key; the header <c>Idempotency-Key</c> does the same.</param>
internal sealed record PublishBody(string? Channel, string? Event, JsonElement? Data, string? Key);

/// <summary>What became of a published message.</summary>
/// <param name="Message">The message's id.</param>
/// <param name="Offset">Its offset in the channel.</param>
/// <param name="Epoch">The epoch of the channel's log.</param>
/// <param name="Durable">Whether it survives the process.</param>
/// <param name="Fanout"><c>full</c>, <c>local</c> or <c>deferred</c>: how many nodes were told at once.</param>
/// <param name="CorrelationId">The id under which logs speak of it.</param>
internal sealed record PublishResponse(string Message, long Offset, string Epoch, bool Durable, string Fanout, string CorrelationId);

/// <summary>A page of a channel's history.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Messages">The messages, oldest first, as subscribers get them.</param>
/// <param name="Cursor">From where to read on or to subscribe.</param>
/// <param name="More">Whether there are more in the direction read.</param>
internal sealed record MessagesResponse(string Channel, IReadOnlyList<JsonElement> Messages, string Cursor, bool More);

/// <summary>Who is in a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Users">Who, ordered by name.</param>
internal sealed record PresenceResponse(string Channel, IReadOnlyList<PresentUserBody> Users);

/// <summary>A user who is in a channel.</summary>
/// <param name="User">The user.</param>
/// <param name="Connections">With how many connections.</param>
internal sealed record PresentUserBody(string User, int Connections);

/// <summary>The body of <c>POST /v1/channels/{channel}/receipts</c>.</summary>
/// <param name="Delivered">Messages up to this offset have arrived.</param>
/// <param name="Read">Messages up to this offset were read, and so have arrived.</param>
internal sealed record ReceiptBody(long? Delivered, long? Read);

/// <summary>The marks of everybody in a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Receipts">One per user who has marks.</param>
internal sealed record ReceiptsResponse(string Channel, IReadOnlyList<ReceiptMarksBody> Receipts);

/// <summary>A user's marks in a channel.</summary>
/// <param name="User">The user.</param>
/// <param name="Delivered">Up to where messages have arrived.</param>
/// <param name="Read">Up to where they were read.</param>
internal sealed record ReceiptMarksBody(string User, long Delivered, long Read);

/// <summary>What a poll brings.</summary>
/// <param name="Cursor">The place in all channels asked for: the next <c>since</c>.</param>
/// <param name="Messages">The messages, in order per channel, as subscribers get them.</param>
/// <param name="Gaps">What is missing before the messages of the same channel; absent if nothing is.</param>
/// <param name="Events">Presence, typing and receipts, if asked for by <c>events=true</c>; absent if there are none.</param>
internal sealed record PollResponse(string Cursor, IReadOnlyList<JsonElement> Messages, IReadOnlyList<JsonElement>? Gaps, IReadOnlyList<JsonElement>? Events);

/// <summary>The body of <c>POST /v1/rooms</c> and <c>PATCH /v1/rooms/{id}</c>.</summary>
/// <param name="Id">A UUID chosen by the client, so that creating can be repeated; only on POST.</param>
/// <param name="Type"><c>public</c> or <c>private</c> (the default).</param>
/// <param name="Members">The first members besides the maker; only on POST.</param>
/// <param name="Metadata">A JSON object of the clients' own.</param>
internal sealed record RoomBody(Guid? Id, string? Type, IReadOnlyList<string>? Members, JsonElement? Metadata);

/// <summary>A room.</summary>
/// <param name="Id">The id.</param>
/// <param name="Channel">The room's channel.</param>
/// <param name="Type"><c>public</c> or <c>private</c>.</param>
/// <param name="Owner">The user who made it; absent when a service did.</param>
/// <param name="Members">The members, ordered by name.</param>
/// <param name="Metadata">The clients' own object.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
internal sealed record RoomResponse(
    Guid Id, string Channel, string Type, string? Owner, IReadOnlyList<string> Members, JsonElement Metadata, DateTime CreatedAt);

/// <summary>The user's rooms.</summary>
/// <param name="Rooms">Ordered by id.</param>
/// <param name="After">What to ask for next; absent on the last page.</param>
internal sealed record RoomsResponse(IReadOnlyList<RoomResponse> Rooms, Guid? After);

/// <summary>The body of <c>POST /v1/sessions/revoke</c>: a user or a token id.</summary>
/// <param name="User">All tokens of this user are revoked.</param>
/// <param name="TokenId">The token with this claim <c>jti</c> is revoked.</param>
/// <param name="IssuedBefore">With a user: only tokens issued up to this moment (ISO 8601, or seconds since 1970); default now.</param>
internal sealed record RevokeBody(string? User, string? TokenId, JsonElement? IssuedBefore);

/// <summary>What a revocation did.</summary>
/// <param name="Connections">How many live connections of this node are being closed.</param>
internal sealed record RevokeResponse(int Connections);

/// <summary>Live connections of all nodes.</summary>
/// <param name="Connections">Ordered by id.</param>
/// <param name="Missing">How many nodes did not answer, so that theirs are not there; absent when all did.</param>
internal sealed record ConnectionsResponse(IReadOnlyList<LiveConnection> Connections, int? Missing);

/// <summary>Whether the node can serve.</summary>
/// <param name="Status"><c>ok</c> or <c>unavailable</c>.</param>
/// <param name="Dependencies">A line for each thing the node depends on: <c>ok</c>, or what is wrong.</param>
internal sealed record HealthResponse(string Status, IReadOnlyDictionary<string, string>? Dependencies);
