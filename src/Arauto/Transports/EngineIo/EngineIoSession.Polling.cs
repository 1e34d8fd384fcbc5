using System.Text.Unicode;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;

namespace Arauto.EngineIo;

public sealed partial class EngineIoSession
{
    private const string OctetStream = "application/octet-stream";

    /// <summary>One whose messages are with the handler, and one behind it: a client may send on what it was told over a GET, before the answer to its POST is there.</summary>
    private const int MaxPosts = 2;

    // Guarded by _gate. Who takes it away answers the GET, so that each has one answer.
    private TaskCompletionSource<ReadOnlyMemory<byte>[]>? _poll;
    private bool _readingPost;
    private int _posts;

    /// <summary>Whether a GET is parked.</summary>
    internal bool HasPoll
    {
        get
        {
            lock (_gate) return _poll is not null;
        }
    }

    /// <summary>Whether the body of a POST is being read.</summary>
    internal bool IsReadingPost
    {
        get
        {
            lock (_gate) return _readingPost;
        }
    }

    /// <summary>How many POSTs are being served.</summary>
    internal int Posts
    {
        get
        {
            lock (_gate) return _posts;
        }
    }

    /// <summary>A GET: gets what waits, or is parked until there is something.</summary>
    /// <param name="answer">The frames of the answer.</param>
    /// <returns>Why it is refused, or <see langword="null"/>.</returns>
    internal EngineIoError? TryPoll(out Task<ReadOnlyMemory<byte>[]> answer)
    {
        answer = Task.FromResult<ReadOnlyMemory<byte>[]>([]);
        bool overlaps, ended = false, completed = false;
        lock (_gate)
        {
            if (_phase == Phase.Closed) return EngineIoError.UnknownSession;
            if (_carrier is not null) return EngineIoError.BadRequest;
            overlaps = _poll is not null;
            if (!overlaps && _waiting is null)
            {
                _poll = new TaskCompletionSource<ReadOnlyMemory<byte>[]>(TaskCreationOptions.RunContinuationsAsynchronously);
                answer = _poll.Task;
                _probe?.SkipTicks(_mount.Deadlines.Now);
                Schedule();
            }
            else if (!overlaps)
            {
                answer = Task.FromResult(TakeWaiting());
                completed = TakeOwedCompletion();
                ended = _phase == Phase.Ending;
                if (ended) EndNow();
            }
        }
        if (completed) TellCompletion();
        if (!overlaps) return null;
        Close(EngineIoCloseReason.TransportError);
        return EngineIoError.BadRequest;
    }

    /// <summary>Answers a GET that is parked with nothing, so that its client comes again.</summary>
    internal void ReleasePoll()
    {
        lock (_gate)
        {
            if (_poll is not null) AnswerPoll([EngineIoFrames.Noop]);
        }
    }

    /// <summary>The client of a GET is gone, and perhaps what was to be its answer.</summary>
    internal void AbortPoll() => Close(EngineIoCloseReason.TransportError);

    /// <summary>A POST begins. Bodies are read one at a time, and few POSTs wait for the handler; what is more is refused and the session closed. If it is taken, <see cref="EndBody"/> and <see cref="EndPost"/> follow.</summary>
    internal EngineIoError? TryBeginPost()
    {
        lock (_gate)
        {
            if (_phase != Phase.Open) return EngineIoError.UnknownSession;
            if (_carrier is not null) return EngineIoError.BadRequest;
            if (!_readingPost && _posts < MaxPosts)
            {
                _readingPost = true;
                _posts++;
                return null;
            }
        }
        Close(EngineIoCloseReason.TransportError);
        return EngineIoError.BadRequest;
    }

    /// <summary>Whether a POST may have a body of this type. Version 4 is text in every case; a client that says otherwise speaks another, and its session is closed.</summary>
    internal bool Takes(string? contentType)
    {
        if (contentType?.StartsWith(OctetStream, StringComparison.OrdinalIgnoreCase) != true) return true;
        Close(EngineIoCloseReason.TransportError);
        return false;
    }

    /// <summary>The body is read, or will not be: the next POST may come, and waits for its turn.</summary>
    internal void EndBody()
    {
        lock (_gate) _readingPost = false;
    }

    /// <summary>The POST is over.</summary>
    internal void EndPost()
    {
        lock (_gate) _posts--;
    }

    /// <summary>Takes the packets of a POST in order; completes when the handler has taken its messages.</summary>
    /// <param name="body">Becomes the memory of the messages.</param>
    /// <param name="headers">Those of the POST.</param>
    /// <returns>Whether the client did nothing wrong; if it did, the session is closed.</returns>
    internal async ValueTask<bool> ReceivePayloadAsync(ReadOnlyMemory<byte> body, IHeaderDictionary headers)
    {
        if (!Utf8.IsValid(body.Span)) return Violates();
        if (!await BeginTurnAsync().ConfigureAwait(false)) return false;
        try
        {
            var reader = new EngineIoPayloadReader(body);
            while (reader.TryNext(out var text))
            {
                if (!EngineIoPacket.TryRead(text, out var packet)) return Violates();
                if (packet.Type == EngineIoPacketType.Close)
                {
                    CloseByClient();
                    return true;
                }
                // What follows on a close of the server's own is dropped, and the client not blamed.
                if (!await TakeAsync(packet, headers).ConfigureAwait(false)) return IsClosedByServer();
            }
            return true;
        }
        finally
        {
            EndTurn(waited: true);
        }
    }

    private bool Violates()
    {
        Close(EngineIoCloseReason.ParseError);
        return false;
    }

    /// <summary>Answers the pending GET with what waits.</summary>
    /// <returns>Whether there was a GET.</returns>
    private bool AnswerPollWithWaiting()
    {
        if (_poll is null) return false;
        AnswerPoll(TakeWaiting());
        return true;
    }

    private void AnswerPoll(ReadOnlyMemory<byte>[] frames)
    {
        // The answer is written by the request that waits for it, on a thread of its own.
        _poll!.SetResult(frames);
        _poll = null;
    }
}
