using System.Buffers;
using Arauto.Protocol;

namespace Arauto.Transports.WebSockets;

internal sealed partial class WebSocketTransport
{
    /// <summary>
    /// The size of a read. A buffer is held while bytes are being handled, so its size costs nothing per connection;
    /// 16 KiB takes a turn's worth of small messages and is the largest record of TLS.
    /// </summary>
    private const int ReadBytes = 16 * 1024;

    // Only the receive loop.
    private long _controlWindowStart;
    private int _controlFrames;

    private enum Step
    {
        /// <summary>There may be more in what was read.</summary>
        Continue,

        /// <summary>Everything that was read is handled.</summary>
        ReadOn,

        /// <summary>The peer's close frame came.</summary>
        PeerClosed,

        /// <summary>The peer broke a rule or we failed; what follows is thrown away.</summary>
        Discard,
    }

    /// <summary>Receives until the connection is over. Owned by the request; call exactly once.</summary>
    /// <param name="receiver">Is told of everything; <see cref="ITransportReceiver.Closed"/> is the last call, before the task completes.</param>
    /// <param name="cancellationToken">Breaks the connection at once. To end it in order use <see cref="Close"/>.</param>
    /// <remarks>The task never fails because of the peer.</remarks>
    public async Task RunAsync(ITransportReceiver receiver, CancellationToken cancellationToken)
    {
        CloseCode? code;
        // Registered once instead of passed to each read, which would register each time.
        var registration = cancellationToken.UnsafeRegister(static state => ((WebSocketTransport)state!).Abort(), this);
        await using (registration.ConfigureAwait(false))
        {
            using var reader = new WebSocketFrameReader(_messageBytes, _framing.IsDeflated);
            try
            {
                _writer.Attach(receiver);
                await ReceiveAsync(receiver, reader).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                LogEnd(exception);
                Abort();
            }

            code = await EndAsync().ConfigureAwait(false);
        }

        receiver.Closed(code);
    }

    private async Task ReceiveAsync(ITransportReceiver receiver, WebSocketFrameReader reader)
    {
        var step = Step.ReadOn;
        while (step != Step.PeerClosed)
        {
            // Waits for data without a buffer: an idle connection holds none. Kestrel's upgraded stream completes an
            // empty read only when its pipe has data or its end was reached (a test counts the reads).
            _ = await _stream.ReadAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            try
            {
                var count = await _stream.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false);
                if (count == 0)
                {
                    Log.PeerGone(_logger, "end of stream");
                    Abort();
                    return;
                }

                if (step != Step.Discard)
                    step = await HandleAsync(receiver, reader, buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Handles all that was read. Completes synchronously unless the receiver wants the peer to wait.</summary>
    private async ValueTask<Step> HandleAsync(ITransportReceiver receiver, WebSocketFrameReader reader, Memory<byte> input)
    {
        try
        {
            while (true)
            {
                await HandleNext(receiver, reader, ref input, out var step).ConfigureAwait(false);
                if (step != Step.Continue) return step;
            }
        }
        catch (Exception exception)
        {
            Log.ReceiverFailed(_logger, exception);
            BeginClose(CloseCode.InternalError, CloseCode.InternalError.Word(), ViolationLinger);
            return Step.Discard;
        }
    }

    private ValueTask HandleNext(ITransportReceiver receiver, WebSocketFrameReader reader, ref Memory<byte> input, out Step step)
    {
        var read = reader.Read(input.Span, out var consumed);
        input = input[consumed..];
        step = Step.Continue;
        switch (read.Kind)
        {
            case WebSocketReadKind.NeedMore:
                step = Step.ReadOn;
                break;

            // Messages that cross our close frame on the way are not answered any more.
            case WebSocketReadKind.Text or WebSocketReadKind.Binary when !_closed:
                return receiver.ReceiveAsync(read.Payload, read.Kind == WebSocketReadKind.Binary);

            case WebSocketReadKind.Fragment:
                receiver.Alive(null);
                break;

            case WebSocketReadKind.Ping or WebSocketReadKind.Pong when !CountControl():
                step = Refuse(new WebSocketViolation(CloseCode.PolicyViolation, $"more than {ControlFramesPerSecond} control frames in a second"));
                break;

            case WebSocketReadKind.Ping:
                receiver.Alive(null);
                _writer.Pong(read.Payload);
                break;

            case WebSocketReadKind.Pong:
                receiver.Alive(RoundTrip(read.Payload));
                break;

            case WebSocketReadKind.Close:
                BeginClose(read.Code, "", CloseTimeout);
                step = Step.PeerClosed;
                break;

            case WebSocketReadKind.Violation:
                step = Refuse(new WebSocketViolation(read.Code, read.Reason!));
                break;
        }

        return default;
    }

    private Step Refuse(WebSocketViolation violation)
    {
        Log.Violation(_logger, violation.Code, violation.Reason);
        BeginClose(violation.Code, violation.Reason, ViolationLinger);
        return Step.Discard;
    }

    private bool CountControl()
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_controlWindowStart, now) >= ControlWindow)
        {
            _controlWindowStart = now;
            _controlFrames = 0;
        }

        return ++_controlFrames <= ControlFramesPerSecond;
    }
}
