using System.Text;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Publishing;
using Arauto.Stores;

namespace Arauto.Gateways;

/// <summary>
/// The channels of the node for Socket.IO clients, with the rights and limits of the native protocol: <c>subscribe</c>,
/// <c>unsubscribe</c>, <c>publish</c> and <c>history</c>. A message arrives as the event of its type. The user's own
/// channels are there without asking.
/// </summary>
internal sealed class ChannelGateway(NodeServices node, ChannelGate gate) : Gateway
{
    private static readonly string[] OwnPrefixes = ["user:", "notifications:"];

    /// <inheritdoc/>
    public override async ValueTask OnConnectingAsync(ConnectContext context)
    {
        foreach (var prefix in OwnPrefixes)
        {
            var channel = prefix + context.Socket.User;
            if (node.Rules.TryFind(channel, out var rule) && rule.IsUserChannel) await context.Socket.JoinAsync(channel).ConfigureAwait(false);
        }
    }

    /// <summary>Messages of a channel come from now on.</summary>
    [Event("subscribe")]
    public async Task<SubscribeAnswer> SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        await AuthoriseAsync(channel, ChannelRight.Subscribe, join: true, cancellationToken).ConfigureAwait(false);
        if (!Socket.Rooms.Contains(channel) && Socket.Rooms.Count >= node.Options.Limits.SubscriptionsPerConnection)
            throw Told(new ProtocolError(ErrorCode.TooManySubscriptions, $"A connection has at most {node.Options.Limits.SubscriptionsPerConnection} subscriptions (limits.subscriptionsPerConnection)."));
        await GuardAsync(async () =>
        {
            await Socket.JoinAsync(channel).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Socket.State.NoteRight(channel);
        return new SubscribeAnswer(channel, Cursor.Encode(channel, node.Feeds.Find(channel)?.Current ?? default));
    }

    /// <summary>No more messages of a channel come.</summary>
    [Event("unsubscribe")]
    public ValueTask UnsubscribeAsync(string channel) => Socket.Id == channel
        ? throw Told(new ProtocolError(ErrorCode.InvalidChannel, "This is no channel."))
        : Socket.LeaveAsync(channel);

    /// <summary>Publishes a message.</summary>
    [Event("publish")]
    public async Task<PublishAnswer> PublishAsync(PublishMessage message, CancellationToken cancellationToken)
    {
        if (message.Channel is null || message.Event is null) throw Told(new ProtocolError(ErrorCode.InvalidMessage, "The message needs \"channel\" and \"event\"."));
        var rule = await AuthoriseAsync(message.Channel, ChannelRight.Publish, join: false, cancellationToken).ConfigureAwait(false);
        if (node.PublishLimiter.Check(Socket.Identity, rule) is { } limited) throw Told(limited);
        var result = await ((IPublisher)node.Publisher).PublishAsync(
            new PublishRequest
            {
                Channel = message.Channel,
                Event = message.Event,
                Data = message.Data.ValueKind == JsonValueKind.Undefined ? JsonPayload.Null : Encoding.UTF8.GetBytes(message.Data.GetRawText()),
                From = Socket.User,
                Key = message.Key,
            },
            cancellationToken).ConfigureAwait(false);
        if (!result.IsPublished) throw Told(result.Error);
        var outcome = result.Outcome;
        return new PublishAnswer(outcome.MessageId, outcome.Position.Offset, outcome.Position.Epoch.ToString(), outcome.Durable);
    }

    /// <summary>Reads messages that a channel keeps, in the form of the HTTP API.</summary>
    [Event("history")]
    public async Task<JsonElement> HistoryAsync(string channel, HistoryQuery? query, CancellationToken cancellationToken)
    {
        var rule = await AuthoriseAsync(channel, ChannelRight.Subscribe, join: false, cancellationToken).ConfigureAwait(false);
        if (query is { After: not null, Before: not null }) throw Told(new ProtocolError(ErrorCode.InvalidMessage, "Give \"after\" or \"before\", not both."));
        var page = await GuardAsync(() => node.History.ReadAsync(channel, rule, BoundOf(query?.Before), BoundOf(query?.After), query?.Limit, cancellationToken).AsTask()).ConfigureAwait(false);
        if (page.Error is { } error) throw Told(error);
        return JsonElement.Parse(HistoryJson.Write(channel, page).Span);
    }

    private async ValueTask<ChannelRule> AuthoriseAsync(string channel, ChannelRight right, bool join, CancellationToken cancellationToken)
    {
        var admission = await gate.CheckAsync(Socket.Identity, channel, right, join, cancellationToken).ConfigureAwait(false);
        return admission.IsAdmitted ? admission.Rule : throw Told(admission.Error);
    }

    /// <summary>A store that is away is a state to tell.</summary>
    private static async Task<T> GuardAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            throw Told(ChannelGate.StoreAway);
        }
    }

    private static HistoryBound? BoundOf(JsonElement? bound) => bound switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var offset) && offset >= 0 => HistoryBound.At(offset),
        { ValueKind: JsonValueKind.String } text => HistoryBound.At(text.GetString()!),
        _ => throw Told(new ProtocolError(ErrorCode.InvalidMessage, "A bound is an offset or a cursor.")),
    };

    private static GatewayException Told(ProtocolError error) => new(error.Message) { Code = error.Code.Word(), RetryAfter = error.RetryAfter };

    /// <summary>What <c>publish</c> takes.</summary>
    public sealed record PublishMessage(string? Channel, string? Event, JsonElement Data, string? Key = null);

    /// <summary>What <c>history</c> takes.</summary>
    public sealed record HistoryQuery(JsonElement? After = null, JsonElement? Before = null, int? Limit = null);

    /// <summary>The acknowledgement of <c>subscribe</c>.</summary>
    public sealed record SubscribeAnswer(string Channel, string Cursor);

    /// <summary>The acknowledgement of <c>publish</c>.</summary>
    public sealed record PublishAnswer(Guid Message, long Offset, string Epoch, bool Durable);
}
