using Arauto.Backplanes.Links;
using Arauto.Relays;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;

namespace Arauto.Http;

internal sealed partial class EngineIoEndpoint
{
    /// <summary>The owner answers in this time, with some more for the way.</summary>
    private TimeSpan OwnerDeadline => mount.Options.PingInterval + mount.Options.PingTimeout;

    private Task AskOwnerAsync(HttpContext context, NodeLink owner, bool isUpgrade)
    {
        var isPolling = TransportOf(context.Request) == EngineIoMount.Polling;
        return (isUpgrade, isPolling) switch
        {
            (true, false) => UpgradeAtOwnerAsync(context, owner),
            (false, true) when HttpMethods.IsGet(context.Request.Method) => PollOwnerAsync(context, owner),
            (false, true) when HttpMethods.IsPost(context.Request.Method) => PostToOwnerAsync(context, owner),
            _ => MisfitAsync(context, owner, isUpgrade),
        };
    }

    private async Task PollOwnerAsync(HttpContext context, NodeLink owner)
    {
        // As long as it takes: while a handler is at work nothing may come, as when the session is here. An owner that is gone shows otherwise.
        var answer = await relay.Entrance.AskAsync(owner, Ask(context, RelayAskKind.Poll), Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(false);
        switch (answer.Outcome)
        {
            case RelayOutcome.Payload:
                // What the client did not get is lost, and so the session.
                if (!await EngineIoResponse.WriteAsync(context, PayloadType, answer.Payload).ConfigureAwait(false)) AbortAtOwner(context, owner);
                break;
            case RelayOutcome.Refused:
                await EngineIoErrorResponse.From(answer.Error).WriteAsync(context).ConfigureAwait(false);
                break;
        }
    }

    private async Task PostToOwnerAsync(HttpContext context, NodeLink owner)
    {
        byte[]? body;
        try
        {
            body = await ReadBodyAsync(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            AbortAtOwner(context, owner);
            // As when the session is here: what breaks HTTP is answered, a client that is gone is not.
            if (exception is not BadHttpRequestException) context.Abort();
            await WritePostAnswerAsync(context, StatusCodes.Status400BadRequest).ConfigureAwait(false);
            return;
        }
        if (body is null)
        {
            await WritePostAnswerAsync(context, StatusCodes.Status413PayloadTooLarge).ConfigureAwait(false);
            return;
        }
        var ask = Ask(context, RelayAskKind.Post) with { Headers = RelayAsk.Choose(context.Request.Headers), Body = body };
        // A handler may take its time, as it may when the session is here; an owner that is gone shows otherwise.
        var answer = await relay.Entrance.AskAsync(owner, ask, Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(false);
        switch (answer.Outcome)
        {
            case RelayOutcome.Accepted:
                await WritePostAnswerAsync(context, StatusCodes.Status200OK).ConfigureAwait(false);
                break;
            case RelayOutcome.TooLarge:
                await WritePostAnswerAsync(context, StatusCodes.Status413PayloadTooLarge).ConfigureAwait(false);
                break;
            case RelayOutcome.Refused:
                await EngineIoErrorResponse.From(answer.Error).WriteAsync(context).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>The WebSocket ends here, uncompressed since its frames are the owner's; everything else is the owner's.</summary>
    private async Task UpgradeAtOwnerAsync(HttpContext context, NodeLink owner)
    {
        if (Negotiate(context, allowDeflate: false) is not { } handshake)
        {
            await MisfitAsync(context, owner, isUpgrade: true).ConfigureAwait(false);
            return;
        }
        var ask = Ask(context, RelayAskKind.Upgrade) with { Headers = RelayAsk.Choose(context.Request.Headers) };
        var (answer, socket) = await relay.Entrance.OpenAsync(owner, ask, OwnerDeadline, context.RequestAborted).ConfigureAwait(false);
        if (answer.Outcome == RelayOutcome.Refused) await EngineIoErrorResponse.From(answer.Error).WriteTextAsync(context).ConfigureAwait(false);
        if (answer.Outcome != RelayOutcome.Accepted) return;
        if (await AcceptAsync(context, handshake).ConfigureAwait(false) is not { } transport)
        {
            socket.GiveUp();
            return;
        }
        socket.Open(transport);
        await transport.RunAsync(socket, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A request that fits no session: whether there is this one decides what the client is told.</summary>
    private async Task MisfitAsync(HttpContext context, NodeLink owner, bool isUpgrade)
    {
        var answer = await relay.Entrance.AskAsync(owner, Ask(context, RelayAskKind.Misfit), OwnerDeadline, context.RequestAborted).ConfigureAwait(false);
        if (answer.Outcome == RelayOutcome.Refused) await RefuseAsync(context, isUpgrade, EngineIoErrorResponse.From(answer.Error)).ConfigureAwait(false);
    }

    private void AbortAtOwner(HttpContext context, NodeLink owner) => relay.Entrance.Abort(owner, Ask(context, RelayAskKind.Abort));

    private RelayAsk Ask(HttpContext context, RelayAskKind kind) => RelayAsk.Bare(kind, mount.Path, SessionOf(context.Request));
}
