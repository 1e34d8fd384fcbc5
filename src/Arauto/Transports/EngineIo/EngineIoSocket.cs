using Arauto.EngineIo;
using Arauto.Protocol;
using Arauto.Transports.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Arauto.Transports.EngineIo;

/// <summary>A WebSocket of a session: the one that carries it, one that probes, or one that is refused.</summary>
/// <remarks>But for <see cref="ITransportReceiver"/> everything is guarded by the session's lock.</remarks>
internal sealed class EngineIoSocket(EngineIoSession session, ITransport transport, IHeaderDictionary headers) : ITransportReceiver
{
    /// <summary>The time between two looks for a GET to release during an upgrade, and before the first.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private Writing _writing;

    /// <summary>Who writes, since the transport takes frames from one at a time.</summary>
    private enum Writing
    {
        /// <summary>Nobody.</summary>
        Idle,

        /// <summary>Somebody calls <see cref="ITransport.Send"/>.</summary>
        Sends,

        /// <summary>It was completed before the call returned.</summary>
        CompletedEarly,

        /// <summary>The frames are on their way; completion follows.</summary>
        Waits,
    }

    /// <summary>The way out.</summary>
    public ITransport Transport => transport;

    /// <summary>The headers of its handshake.</summary>
    public IHeaderDictionary Headers => headers;

    /// <summary>Whether the probe was answered.</summary>
    public bool IsProbed { get; private set; }

    /// <summary>When the upgrade must have ended.</summary>
    public TimeSpan UpgradeDue { get; set; }

    /// <summary>When a GET that is pending is to be released.</summary>
    public TimeSpan NextTick { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Whether frames are on their way.</summary>
    public bool IsWriting => _writing != Writing.Idle;

    /// <summary>The probe was answered: ticks follow each other from now.</summary>
    public void BeginTicks(TimeSpan now)
    {
        IsProbed = true;
        NextTick = now + TickInterval;
    }

    /// <summary>Those that have passed are over.</summary>
    public void SkipTicks(TimeSpan now)
    {
        while (NextTick <= now) NextTick += TickInterval;
    }

    /// <summary>Whether the caller is now the one who writes.</summary>
    public bool TryBeginWrite()
    {
        if (IsWriting) return false;
        _writing = Writing.Sends;
        return true;
    }

    /// <summary>Whether whoever writes has to stop until completion, which has not come yet.</summary>
    public bool TryPauseWrite()
    {
        var pauses = _writing == Writing.Sends;
        _writing = pauses ? Writing.Waits : Writing.Sends;
        return pauses;
    }

    /// <summary>Completion came. Whether the caller goes on with writing; otherwise the one who just sends does.</summary>
    public bool TryResumeWrite()
    {
        var resumes = _writing == Writing.Waits;
        _writing = resumes ? Writing.Sends : Writing.CompletedEarly;
        return resumes;
    }

    /// <summary>Nobody writes any more.</summary>
    public void EndWrite() => _writing = Writing.Idle;

    /// <summary>Ends the WebSocket with an empty close frame. Not under the session's lock.</summary>
    public void Close() => transport.Close(WebSocketFrameReader.NoStatus, "");

    /// <inheritdoc />
    public ValueTask ReceiveAsync(ReadOnlySpan<byte> message, bool isBinary) => session.ReceiveAsync(this, message.ToArray(), isBinary);

    /// <summary>Nothing: the heartbeat is Engine.IO's own.</summary>
    public void Alive(TimeSpan? roundTrip)
    {
    }

    /// <inheritdoc />
    public void SendCompleted() => session.SendCompleted(this);

    /// <inheritdoc />
    public void Closed(CloseCode? code) => session.SocketClosed(this, code);
}
