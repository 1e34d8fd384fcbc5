using System.Buffers;
using System.Text;
using Arauto.EngineIo;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Arauto.Http;

internal sealed partial class EngineIoEndpoint
{
    private const string PayloadType = "text/plain; charset=UTF-8";
    private const int ReadBytes = 8192;

    private static readonly byte[] Taken = "ok"u8.ToArray();

    private async Task OpenAsync(HttpContext context)
    {
        if (await CheckHandshakeAsync(context).ConfigureAwait(false) is { } refusal)
        {
            await refusal.WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var session = Create(context);
        session.OpenOverPolling();
        var packet = (char)EngineIoPacketType.Open + mount.OpenData(session, canUpgrade: true);
        await EngineIoResponse.WriteAsync(context, PayloadType, Encoding.UTF8.GetBytes(packet)).ConfigureAwait(false);
    }

    private static async Task PollAsync(HttpContext context, EngineIoSession session)
    {
        if (session.TryPoll(out var answer) is { } error)
        {
            await EngineIoErrorResponse.From(error).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        try
        {
            var frames = await answer.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            if (await WritePayloadAsync(context, frames).ConfigureAwait(false)) return;
        }
        catch (OperationCanceledException)
        {
        }
        session.AbortPoll();
    }

    private async Task PostAsync(HttpContext context, EngineIoSession session)
    {
        if (session.TryBeginPost() is { } error)
        {
            await EngineIoErrorResponse.From(error).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        int status;
        try
        {
            // Also while the handler keeps the POST waiting.
            using var aborted = context.RequestAborted.UnsafeRegister(static state => ((EngineIoSession)state!).Close(EngineIoCloseReason.TransportError), session);
            status = await TakePostAsync(context, session).ConfigureAwait(false);
        }
        finally
        {
            // Before the answer, with which the client may send the next.
            session.EndPost();
        }
        await WritePostAnswerAsync(context, status).ConfigureAwait(false);
    }

    private static async ValueTask WritePostAnswerAsync(HttpContext context, int status)
    {
        switch (status)
        {
            case StatusCodes.Status200OK:
                await EngineIoResponse.WriteAsync(context, "text/html", Taken).ConfigureAwait(false);
                break;
            case StatusCodes.Status413PayloadTooLarge:
                context.Response.StatusCode = status;
                break;
            default:
                await EngineIoErrorResponse.From(EngineIoError.BadRequest).WriteAsync(context).ConfigureAwait(false);
                break;
        }
    }

    /// <returns>The status of the answer.</returns>
    private async ValueTask<int> TakePostAsync(HttpContext context, EngineIoSession session)
    {
        try
        {
            byte[]? body;
            try
            {
                if (!session.Takes(context.Request.ContentType)) return StatusCodes.Status400BadRequest;
                body = await ReadBodyAsync(context).ConfigureAwait(false);
            }
            finally
            {
                session.EndBody();
            }
            if (body is null) return StatusCodes.Status413PayloadTooLarge;
            return await session.ReceivePayloadAsync(body, context.Request.Headers).ConfigureAwait(false) ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            session.Close(EngineIoCloseReason.TransportError);
            // A body that breaks HTTP is answered. A client that is gone is not, and the web server must not look for the rest of its body.
            if (exception is not BadHttpRequestException) context.Abort();
            return StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>Reads a body, which takes memory as it comes and not as its length says.</summary>
    /// <returns>The body, or <see langword="null"/> if it is too large.</returns>
    private async ValueTask<byte[]?> ReadBodyAsync(HttpContext context)
    {
        var limit = mount.Options.MaxPayload;
        if (context.Request.ContentLength > limit) return null;
        // The web server's own limit may be lower, or higher and then it is of no use.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            using var body = new MemoryStream();
            int read;
            // The web server fails a read whose client is gone by itself; one that is cancelled it would log as an error.
            while ((read = await context.Request.Body.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            {
                if (body.Length + read > limit) return null;
                body.Write(buffer.AsSpan(0, read));
            }
            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<bool> WritePayloadAsync(HttpContext context, ReadOnlyMemory<byte>[] frames)
    {
        var length = EngineIoPayloadWriter.Measure(frames);
        var payload = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            EngineIoPayloadWriter.Write(frames, payload);
            return await EngineIoResponse.WriteAsync(context, PayloadType, payload.AsMemory(0, length)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }
}
