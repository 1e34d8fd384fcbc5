using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Codecs;
using Arauto.Transports;
using Arauto.Transports.LongPolling;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

/// <summary>
/// <c>GET /poll?channels=a,b&amp;since=CURSOR&amp;wait=25</c>: one request, one connection of a moment. It hears the channels
/// behind the cursor; the first write of its lane is the answer, and the answer's cursor is all that the next request needs.
/// </summary>
internal sealed class PollEndpoint(NodeServices node, LaneSet lanes, ApiGate requests, ConnectionGate gate, FollowGate follows)
{
    private const int DefaultWait = 25;

    /// <summary>Under the minute after which common proxies give up on an answer.</summary>
    private const int MaxWait = 55;

    /// <summary>Serves one poll.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var startedAt = node.Time.GetTimestamp();
        if (gate.CheckPoll(context) is { } error)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }
        if (await requests.AdmitAsync(context, queryToo: true).ConfigureAwait(false) is not { } identity) return;
        if (!TryReadWait(context.Request, out var wait))
        {
            await RefuseAsync(context, new ProtocolError(ErrorCode.InvalidMessage, $"\"wait\" must be a number of seconds from 0 to {MaxWait}.")).ConfigureAwait(false);
            return;
        }
        var (channels, refusal) = await follows.ReadAsync(context, identity).ConfigureAwait(false);
        if (channels is null || (refusal = await gate.EnterAsync(identity).ConfigureAwait(false)) is not null)
        {
            await RefuseAsync(context, refusal!).ConfigureAwait(false);
            return;
        }
        gate.CountReturn(context.Request, TransportKind.LongPolling);
        await ServeAsync(context, identity, channels, wait, gate.OriginOf(context, startedAt)).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext context, Identity identity, IReadOnlyList<FollowedChannel> channels, TimeSpan wait, ConnectionOrigin origin)
    {
        var framing = PollFraming.Get(withEvents: context.Request.Query["events"].ToString() == "true");
        var transport = new LongPollingTransport(framing);
        var connection = new Connection(gate.NewId(), node, lanes.Place(), transport, JsonCodec.Instance, origin);
        var cursor = new ConnectionCursor([.. channels.Select(channel => channel.Channel)], framing);
        var request = new FollowRequest(channels, cursor);
        connection.Open(identity, request);
        ProtocolError? error;
        try
        {
            error = await request.Outcome.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            if (error is null) await WaitAsync(connection, transport, wait, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; its cursor did not move, so its next poll gets the same.
            return;
        }
        finally
        {
            // Before the answer is written: a client that reads it slowly is no slow consumer of what comes after it.
            connection.Closed(CloseCode.Normal);
        }
        // Nothing moves the cursor after the answer: the transport takes no second write.
        if (error is null) await AnswerAsync(context, cursor.ToString(), transport.Frames).ConfigureAwait(false);
        else await RefuseAsync(context, error).ConfigureAwait(false);
    }

    private async Task WaitAsync(Connection connection, LongPollingTransport transport, TimeSpan wait, CancellationToken aborted)
    {
        try
        {
            await transport.Answered.WaitAsync(wait, node.Time, aborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // By way of the lane, which sends what has come in this moment.
            connection.CloseFromOutside(CloseCode.Normal, null);
            await transport.Answered.WaitAsync(aborted).ConfigureAwait(false);
        }
    }

    private static Task AnswerAsync(HttpContext context, string cursor, IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("cursor"u8, cursor);
            WriteList(json, "messages", PollFraming.Message, frames, always: true);
            WriteList(json, "gaps", PollFraming.Gap, frames, always: false);
            WriteList(json, "events", PollFraming.Event, frames, always: false);
            json.WriteEndObject();
        }
        return context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static void WriteList(Utf8JsonWriter json, string name, byte mark, IReadOnlyList<ReadOnlyMemory<byte>> frames, bool always)
    {
        var listed = frames.Where(frame => frame.Span[0] == mark);
        if (!always && !listed.Any()) return;
        json.WriteStartArray(name);
        foreach (var frame in listed) json.WriteRawValue(frame.Span[1..], skipInputValidation: true);
        json.WriteEndArray();
    }

    private static bool TryReadWait(HttpRequest request, out TimeSpan wait)
    {
        var text = request.Query["wait"].ToString();
        wait = TimeSpan.FromSeconds(DefaultWait);
        if (text.Length == 0) return true;
        // "NaN" and "Infinity" parse under any style.
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || !double.IsFinite(seconds)) return false;
        wait = TimeSpan.FromSeconds(Math.Min(seconds, MaxWait));
        return true;
    }

    private Task RefuseAsync(HttpContext context, ProtocolError error)
    {
        node.Metrics.ErrorSent(error.Code);
        return ErrorResponse.WriteAsync(context, error);
    }
}
