using System.Collections.Concurrent;
using System.Text;
using Arauto.EngineIo;
using Arauto.Tests.Support;
using Arauto.Transports.EngineIo;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>Writes down what it is told and, unless a test says otherwise, sends each message back.</summary>
internal sealed class RecordingHandler : IEngineIoFrameHandler
{
    private readonly ConcurrentQueue<string> _calls = [];
    private int _inside;

    /// <summary>In order, of all sessions: <c>opened</c>, <c>text hello</c>, <c>binary 01AB</c>, <c>completed</c>, <c>closed transport close</c>.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>The newest session.</summary>
    public EngineIoSession? Session { get; private set; }

    public Action<EngineIoSession>? Opened { get; set; }

    public Func<EngineIoSession, EngineIoMessage, ValueTask> Message { get; set; } = Echo;

    public static ValueTask Echo(EngineIoSession session, EngineIoMessage message)
    {
        if (message.IsBinary) session.Send(message.Data);
        else session.Send(Encoding.UTF8.GetString(message.Data.Span));
        return default;
    }

    public void OnOpened(EngineIoSession session)
    {
        using var turn = new Turn(this);
        Session = session;
        _calls.Enqueue("opened");
        Opened?.Invoke(session);
    }

    public async ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message)
    {
        using var turn = new Turn(this);
        _calls.Enqueue(message.IsBinary ? "binary " + Convert.ToHexString(message.Data.Span) : "text " + Encoding.UTF8.GetString(message.Data.Span));
        await Message(session, message);
    }

    public void OnClosed(EngineIoSession session, EngineIoCloseReason reason)
    {
        using var turn = new Turn(this);
        _calls.Enqueue("closed " + reason.Word());
    }

    public void OnSendCompleted(EngineIoSession session) => _calls.Enqueue("completed");

    /// <summary>Waits for the end of the only session.</summary>
    public async Task<string> ClosedAsync()
    {
        await Eventually.TrueAsync("the session is closed", () => Calls.Any(IsEnd));
        return Calls.Last(IsEnd)["closed ".Length..];

        static bool IsEnd(string call) => call.StartsWith("closed ", StringComparison.Ordinal);
    }

    public Task CallAsync(string call) => Eventually.TrueAsync($"the handler is told: {call}", () => Calls.Contains(call));

    /// <summary>The calls for one session must not overlap; only tests with one session at a time use this handler.</summary>
    private readonly struct Turn : IDisposable
    {
        private readonly RecordingHandler _handler;

        public Turn(RecordingHandler handler)
        {
            _handler = handler;
            if (Interlocked.Increment(ref handler._inside) != 1) handler._calls.Enqueue("OVERLAP");
        }

        public void Dispose() => Interlocked.Decrement(ref _handler._inside);
    }
}
