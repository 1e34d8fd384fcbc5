using System.Runtime.InteropServices;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Protocol.Frames;
using Arauto.Publishing;
using Arauto.Stores;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>Publishing, history and presence over HTTP; the same stages as over a connection.</summary>
internal sealed class ChannelEndpoints(NodeServices node, ApiGate gate, RequestBody bodies, ChannelGate channels)
{
    /// <summary><c>POST /v1/publish</c>.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        if (await bodies.ReadAsync(context, ApiJson.Wire.PublishBody).ConfigureAwait(false) is not { } body) return;
        if (body.Channel is null || body.Event is null)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "The body needs \"channel\" and \"event\".")).ConfigureAwait(false);
            return;
        }
        if (await AuthoriseAsync(context, identity, body.Channel, ChannelRight.Publish).ConfigureAwait(false) is not { } rule) return;
        if (node.PublishLimiter.Check(identity, rule) is { } limited)
        {
            await ErrorResponse.WriteAsync(context, limited).ConfigureAwait(false);
            return;
        }
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        var result = await node.Publisher.PublishAsync(
            new PublishRequest
            {
                Channel = body.Channel,
                Event = body.Event,
                Data = body.Data is { } data ? JsonMarshal.GetRawUtf8Value(data).ToArray() : JsonPayload.Null,
                From = identity.User,
                Key = key.Length > 0 ? key : body.Key,
                CorrelationId = Correlation.Of(context.Request),
            },
            context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, result).ConfigureAwait(false);
    }

    /// <summary><c>GET /v1/channels/{channel}/messages?after=&amp;before=&amp;limit=</c>.</summary>
    public async Task MessagesAsync(HttpContext context, string channel)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        if (await AuthoriseAsync(context, identity, channel, ChannelRight.Subscribe).ConfigureAwait(false) is not { } rule) return;
        var after = context.Request.Query["after"].ToString();
        var before = context.Request.Query["before"].ToString();
        var limit = context.Request.Query["limit"].ToString();
        if (after.Length > 0 && before.Length > 0)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "Give \"after\" or \"before\", not both.")).ConfigureAwait(false);
            return;
        }
        if (limit.Length > 0 && (!int.TryParse(limit, out var parsed) || parsed < 1))
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "\"limit\" must be a number from 1.")).ConfigureAwait(false);
            return;
        }
        try
        {
            var result = await node.History.ReadAsync(
                channel,
                rule,
                before.Length > 0 ? HistoryBound.Parse(before) : null,
                after.Length > 0 ? HistoryBound.Parse(after) : null,
                limit.Length > 0 ? int.Parse(limit) : null,
                context.RequestAborted).ConfigureAwait(false);
            if (!result.IsPage) await ErrorResponse.WriteAsync(context, result.Error).ConfigureAwait(false);
            else await MessagesWriter.WriteAsync(context, channel, result).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            await ErrorResponse.WriteAsync(context, ChannelGate.StoreAway).ConfigureAwait(false);
        }
    }

    /// <summary><c>GET /v1/channels/{channel}/presence</c>.</summary>
    public async Task PresenceAsync(HttpContext context, string channel)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        if (await AuthoriseAsync(context, identity, channel, ChannelRight.Subscribe).ConfigureAwait(false) is not { } rule) return;
        if (!rule.Presence)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.Forbidden, $"Channels under \"{rule.Prefix}\" keep no presence (channels.presence).")).ConfigureAwait(false);
            return;
        }
        var users = (await node.Presence.ListAsync(channel, context.RequestAborted).ConfigureAwait(false)).Select(user => new PresentUserBody(user.User, user.Connections));
        await context.Response.WriteAsJsonAsync(new PresenceResponse(channel, [.. users]), ApiJson.Wire.PresenceResponse, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary><c>POST /v1/channels/{channel}/typing</c>: who can only send over HTTP types too.</summary>
    public async Task TypeAsync(HttpContext context, string channel)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        if (await AuthoriseAsync(context, identity, channel, ChannelRight.Subscribe).ConfigureAwait(false) is null) return;
        node.Feeds.PostEphemeral(channel, new TypingFrame { Channel = channel, User = identity.User }, except: null);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>POST /v1/channels/{channel}/receipts</c>: raises the user's marks.</summary>
    public async Task RaiseReceiptAsync(HttpContext context, string channel)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        if (await bodies.ReadAsync(context, ApiJson.Wire.ReceiptBody).ConfigureAwait(false) is not { } body) return;
        if (await AuthoriseAsync(context, identity, channel, ChannelRight.Subscribe).ConfigureAwait(false) is not { } rule) return;
        if (body is { Delivered: null, Read: null } || body.Delivered < 0 || body.Read < 0)
        {
            await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, "The body needs \"delivered\" or \"read\", offsets from 0.")).ConfigureAwait(false);
            return;
        }
        await AnswerAsync(context, async () =>
        {
            var top = (await rule.Log.ReadTopsAsync([channel], context.RequestAborted).ConfigureAwait(false))[0].Offset;
            if (Math.Max(body.Delivered ?? 0, body.Read ?? 0) > top)
            {
                await ErrorResponse.WriteAsync(context, new ProtocolError(ErrorCode.InvalidMessage, $"The channel's newest offset is {top}; a receipt cannot be above it.")).ConfigureAwait(false);
                return;
            }
            await node.Receipts.RaiseAsync(channel, identity.User, body.Delivered ?? 0, body.Read ?? 0, except: null, context.RequestAborted).ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }).ConfigureAwait(false);
    }

    /// <summary><c>GET /v1/channels/{channel}/receipts</c>: everybody's marks.</summary>
    public async Task ReceiptsAsync(HttpContext context, string channel)
    {
        if (await gate.AdmitAsync(context).ConfigureAwait(false) is not { } identity) return;
        if (await AuthoriseAsync(context, identity, channel, ChannelRight.Subscribe).ConfigureAwait(false) is null) return;
        await AnswerAsync(context, async () =>
        {
            var receipts = await node.Receipts.ListAsync(channel, context.RequestAborted).ConfigureAwait(false);
            var body = new ReceiptsResponse(channel, [.. receipts.Select(receipt => new ReceiptMarksBody(receipt.User, receipt.Delivered, receipt.Read))]);
            await context.Response.WriteAsJsonAsync(body, ApiJson.Wire.ReceiptsResponse, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async ValueTask<ChannelRule?> AuthoriseAsync(HttpContext context, Identity identity, string channel, ChannelRight right)
    {
        var admission = await channels.CheckAsync(identity, channel, right, join: false, context.RequestAborted).ConfigureAwait(false);
        if (admission.IsAdmitted) return admission.Rule;
        await ErrorResponse.WriteAsync(context, admission.Error).ConfigureAwait(false);
        return null;
    }

    private static async Task AnswerAsync(HttpContext context, Func<Task> answer)
    {
        try
        {
            await answer().ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            await ErrorResponse.WriteAsync(context, ChannelGate.StoreAway).ConfigureAwait(false);
        }
    }

    private static Task WriteAsync(HttpContext context, PublishResult result)
    {
        if (!result.IsPublished) return ErrorResponse.WriteAsync(context, result.Error);
        var outcome = result.Outcome;
        context.Response.Headers[Correlation.Header] = outcome.CorrelationId;
        if (result.IsRepetition) context.Response.Headers["Idempotency-Replayed"] = "true";
        var body = new PublishResponse(
            outcome.MessageId.ToString(), outcome.Position.Offset, outcome.Position.Epoch.ToString(), outcome.Durable, outcome.Fanout.Word(), outcome.CorrelationId);
        return context.Response.WriteAsJsonAsync(body, ApiJson.Wire.PublishResponse, cancellationToken: context.RequestAborted);
    }
}
