using Arauto.EngineIo;
using Arauto.Transports.EngineIo;

namespace Arauto.Relays;

/// <summary>A GET or POST for a session of this node that came in on another one, until it is answered.</summary>
/// <param name="mount">The address.</param>
/// <param name="session">The session.</param>
/// <param name="ask">What is asked.</param>
internal sealed class OwnerRequest(EngineIoMount mount, EngineIoSession session, RelayAsk ask) : IRelayed
{
    /// <summary>The largest payload that goes to another node; a client that let more wait is not served.</summary>
    private const int MaxPayloadBytes = 24 * 1024 * 1024;

    /// <summary>The serving.</summary>
    public Task Serving { get; set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public void Lost() => session.Close(EngineIoCloseReason.TransportError);

    /// <summary>Does what is asked.</summary>
    public ValueTask<RelayAnswer> AnswerAsync() => ask.Kind == RelayAskKind.Poll ? PollAsync() : PostAsync();

    private async ValueTask<RelayAnswer> PollAsync()
    {
        if (session.TryPoll(out var answer) is { } error) return RelayAnswer.Refused(error);
        var frames = await answer.ConfigureAwait(false);
        var length = EngineIoPayloadWriter.Measure(frames);
        if (length > MaxPayloadBytes)
        {
            session.Close(EngineIoCloseReason.TransportError);
            return RelayAnswer.Unknown;
        }
        var payload = new byte[length];
        EngineIoPayloadWriter.Write(frames, payload);
        return new RelayAnswer(RelayOutcome.Payload, Payload: payload);
    }

    private async ValueTask<RelayAnswer> PostAsync()
    {
        if (session.TryBeginPost() is { } error) return RelayAnswer.Refused(error);
        // It was read where it came in.
        session.EndBody();
        try
        {
            if (ask.Body.Length > mount.Options.MaxPayload) return new RelayAnswer(RelayOutcome.TooLarge);
            // A copy, since messages may be kept and what came from the bus is shared.
            var isTaken = session.Takes(ask.Headers.ContentType) && await session.ReceivePayloadAsync(ask.Body.ToArray(), ask.Headers).ConfigureAwait(false);
            return isTaken ? new RelayAnswer(RelayOutcome.Accepted) : RelayAnswer.Refused(EngineIoError.BadRequest);
        }
        finally
        {
            session.EndPost();
        }
    }
}
